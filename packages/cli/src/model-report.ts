import { formatBytes, isKernelError } from "@kindred/core";
import type { Checkpoint, FoundModel, Kernel, Launch, LaunchPlan } from "@kindred/core";
import { hubCard, hubName, hubOrigin } from "@kindred/core/hub";
import type { Hub } from "@kindred/core/hub";
import { counted } from "./counted.ts";
import { explain } from "./explain.ts";
import { unknownLicense } from "./model-table.ts";
import { aligned } from "./table.ts";
import { visibleText } from "./visible-text.ts";

/** What is known of a model before it is downloaded. */
export interface ModelReport {
  /** As it was typed. */
  readonly name: string;
  /** Absent for a folder. */
  readonly repo?: string;
  readonly revision?: string;
  /** The commit that the revision stands for, where it could be asked or is cached. */
  readonly commit?: string;
  readonly license?: string;
  /** Absent where nobody could be asked. */
  readonly gated?: boolean;
  readonly family?: string;
  readonly task?: string;
  /** The files that its family reads. */
  readonly files?: readonly FileReport[];
  /** Bytes of those files. */
  readonly bytes?: number;
  /** Bytes of them that are still to be downloaded. */
  readonly missing?: number;
  /** Bytes of weights that must be in memory at once. */
  readonly leastBytes?: number;
  /** The device that it would be placed on. */
  readonly device?: string;
  /** Why it cannot be served, or fits on no device. */
  readonly reason?: string;
}

interface FileReport {
  readonly path: string;
  readonly bytes: number;
  readonly missing: number;
}

export interface ReportOptions {
  readonly kernel: Kernel;
  readonly hub: Hub;
  readonly checkpoints: readonly Checkpoint[];
  /** The model that was found last for a source. */
  found(source: string): FoundModel | undefined;
}

/** Asks what a launch would take. What is wrong with it is its `reason`. */
export async function modelReport(launch: Launch, options: ReportOptions): Promise<ModelReport> {
  const { kernel, hub, checkpoints } = options;
  const { source } = launch;
  const plan = await kernel.plan(launch).catch(failure);
  const found = options.found(source);
  const origin = found && hubOrigin(found);
  const isName = found === undefined || origin !== undefined;
  const named = isName ? hubName(source, checkpoints, hub) : undefined;
  const { repo, revision } = origin ?? named ?? {};
  const card = named && (await hubCard(source, { hub, checkpoints }).catch(() => undefined));
  const published = checkpoints.find(
    (each) => each.repo === repo || (each.modelscope && each.modelscope.repo === repo),
  );
  const license = published?.license ?? card?.license;
  const gated = card?.gated ?? published?.gated ?? (published && false);
  return {
    name: source,
    ...(repo !== undefined && { repo, revision: revision! }),
    ...(origin?.commit !== undefined && { commit: origin.commit }),
    ...(license !== undefined && { license }),
    ...(gated !== undefined && { gated }),
    ...("reason" in plan && plan.reason !== undefined && { reason: plan.reason }),
    ...("files" in plan && (await planned(plan, found))),
  };
}

function failure(error: unknown): { readonly reason: string } {
  if (!isKernelError(error)) throw error;
  return { reason: explain(error) };
}

async function planned(
  { family, task, files, bytes, missing, leastBytes, device }: LaunchPlan,
  found: FoundModel | undefined,
): Promise<Partial<ModelReport>> {
  const each = files.map(async (file) => {
    return { ...file, missing: (await found?.missing?.([file.path])) ?? 0 };
  });
  const reports = await Promise.all(each);
  const facts = { family, task, files: reports, bytes, missing, leastBytes };
  return { ...facts, ...(device !== undefined && { device }) };
}

/** A report as lines: the name, and its facts below it. */
export function reportText(report: ModelReport): string {
  const { name, repo, revision, commit, family, task, files = [] } = report;
  const { license = unknownLicense, gated, leastBytes, device, reason } = report;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["repository", repo],
    ["revision", revision === undefined || revision === commit ? undefined : revision],
    ["commit", commit],
    ["licence", repo === undefined ? undefined : license],
    [
      "gated",
      gated === undefined ? undefined : gated ? "yes: accept its licence on its page" : "no",
    ],
    ["task", task],
    ["family", family],
    ["memory", memoryText(leastBytes, device)],
    [leastBytes === undefined ? "not served" : "does not fit", reason],
    ["files", filesText(report)],
  ];
  const rows = facts.flatMap(([label, value]) =>
    value === undefined ? [] : [[label, value.replaceAll("\n", " ")]],
  );
  const listed = files.map((file) => [file.path, formatBytes(file.bytes), stateOf(file)]);
  const lines = [...aligned(rows), ...aligned(listed).map((line) => `  ${line}`)];
  return [name, ...lines.map((line) => `  ${line}`)].map((line) => visibleText(line)).join("\n");
}

function memoryText(bytes: number | undefined, device: string | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const fits = device === undefined ? "" : `; fits on ${device}`;
  return `${formatBytes(bytes)} of weights at once${fits}`;
}

function filesText({ files, bytes = 0, missing = 0 }: ModelReport): string | undefined {
  if (!files) return undefined;
  const all = `${formatBytes(bytes)} in ${counted(files.length, "file")}`;
  if (missing === 0) return `${all}, all here`;
  const left = files.filter((file) => file.missing > 0).length;
  return `${all}; ${formatBytes(missing)} in ${left} to download`;
}

function stateOf({ bytes, missing }: FileReport): string {
  if (missing === 0) return "here";
  return missing < bytes ? `${formatBytes(missing)} to download` : "to download";
}
