import { KernelError } from "@kindred/core";
import type { FoundModel, Kernel } from "@kindred/core";
import type { Hub } from "@kindred/core/hub";
import { parseArguments } from "./arguments.ts";
import { asTyped } from "./as-typed.ts";
import { parseHub } from "./hub-flag.ts";
import { knownModels } from "./known-models.ts";
import { parseLaunches } from "./launches.ts";
import type { LaunchFlags } from "./launches.ts";
import { memoryOf, modelFlags } from "./model-flags.ts";
import { modelReport, reportText } from "./model-report.ts";
import { modelTable } from "./model-table.ts";
import { checkpointsOf, openKernel } from "./open-kernel.ts";
import { quietLogger } from "./log/log.ts";
import { UsageError } from "./usage-error.ts";

/** Lists the models that are known by name or cached; with names, says what serving each would take. */
export async function models(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      ...modelFlags,
      json: { type: "boolean", default: false },
    },
  });
  const { json } = values;
  const memory = memoryOf(values);
  const hub = parseHub(values.source);
  const found = new Map<string, FoundModel>();
  await using kernel = await openKernel({
    launches: [],
    hub,
    memory,
    refresh: true,
    listener: { found: (source, model) => void found.set(source, model) },
    logger: quietLogger,
  });
  if (positionals.length > 0)
    return await report(kernel, positionals, { values, hub, json, found });
  if (values.option.length + values.controlnet.length > 0)
    throw new UsageError("kindred models takes --option and --controlnet with a NAME.");
  const known = await knownModels(kernel, hub);
  const { columns = Infinity } = process.stdout;
  const table = `${modelTable(known, columns)}\n${advice()}`;
  process.stdout.write(json ? asJson(known) : table);
}

interface Reporting {
  readonly values: LaunchFlags;
  readonly hub: Hub;
  readonly json: boolean;
  readonly found: ReadonlyMap<string, FoundModel>;
}

async function report(
  kernel: Kernel,
  names: readonly string[],
  { values, hub, json, found }: Reporting,
): Promise<void> {
  const checkpoints = checkpointsOf(kernel.plugins);
  const reports = [];
  for (const launch of parseLaunches(names, values)) {
    const each = await modelReport(launch, {
      kernel,
      hub,
      checkpoints,
      found: (source) => found.get(source),
    });
    reports.push(each);
    const space = reports.length > 1 ? "\n" : "";
    if (!json) process.stdout.write(`${space}${reportText(each)}\n`);
  }
  if (json) process.stdout.write(asJson(reports));
  const failed = reports.filter(({ family }) => family === undefined).map(({ name }) => name);
  if (failed.length === 0) return;
  throw new KernelError(
    "LOAD_FAILED",
    `These cannot be served, for the reasons above: ${failed.join(", ")}.`,
  );
}

function asJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function advice(): string {
  return `${asTyped("serve")} NAME downloads one and serves it.
${asTyped("models")} NAME says before what that takes.
OWNER/NAME names any other model of Hugging Face; with --source modelscope, of
ModelScope.
`;
}
