import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { budgetAllocator, isKernelError } from "@kindred/core";
import { hubFacts } from "@kindred/core/hub";
import type { Hub } from "@kindred/core/hub";
import type { CudaFacts, Facts, MemoryFacts, PackageFacts, WrongSetting } from "./facts.ts";
import { gatherFolder } from "./gather-folder.ts";
import { gatherLibraries } from "./gather-libraries.ts";
import { gatherPort } from "./gather-port.ts";
import { cudaLibrary } from "./installed-library.ts";

export interface GatherOptions {
  readonly host: string;
  readonly port: number;
  readonly hub: Hub;
  /** The data folder. */
  readonly data: string;
  /** Bytes of `--memory`. Default: the kernel's. */
  readonly memory?: number | undefined;
}

/** Looks at this machine. It listens on the port for a moment, makes and removes a link in folders that exist, and connects to nobody but that port. */
export async function gather({ host, port, hub, data, memory }: GatherOptions): Promise<Facts> {
  const settings = await hubFacts(hub).catch(wrongSetting);
  const [cpu] = budgetAllocator({ ...(memory !== undefined && { memory }) }).devices;
  const { header, userLimits } = process.report.getReport() as unknown as Report;
  const [model] = cpus();
  return {
    node: {
      version: process.versions.node,
      platform: process.platform,
      architecture: process.arch,
      glibc: header.glibcVersionRuntime,
      maxHeapBytes: getHeapStatistics().heap_size_limit,
    },
    packages: installedPackages(),
    libraries: await gatherLibraries(),
    cuda: await cuda(),
    processor: {
      model: model?.model.trim() || "a processor without a name",
      instructions: instructionsIn(await readFile("/proc/cpuinfo", "utf8").catch(() => "")),
      threads: cpu!.threads,
    },
    memory: memoryFacts(cpu!.bytes),
    maxDescriptors:
      typeof userLimits?.open_files?.soft === "number" ? userLimits.open_files.soft : undefined,
    hub: settings,
    ...("cache" in settings && { cache: await gatherFolder(settings.cache) }),
    data: await gatherFolder(data),
    port: await gatherPort(host, port),
  };
}

/** The parts of Node's report that are read. */
interface Report {
  readonly header: { readonly glibcVersionRuntime?: string };
  readonly userLimits?: { readonly open_files?: { readonly soft: number | "unlimited" } };
}

function wrongSetting(error: unknown): WrongSetting {
  if (isKernelError(error)) return { reason: error.message };
  throw error;
}

function memoryFacts(budget: number): MemoryFacts {
  const total = totalmem();
  const limit = process.constrainedMemory();
  return {
    total,
    limit: limit > 0 && limit < total ? limit : undefined,
    available: process.availableMemory(),
    budget,
  };
}

const parts = [
  "core",
  "plugin-embedding",
  "plugin-rerank",
  "plugin-diffusion",
  "server-koa",
  "demo-models",
] as const;

function installedPackages(): readonly PackageFacts[] {
  const require = createRequire(import.meta.url);
  const own = require("../../package.json") as PackageFacts;
  return [
    own,
    ...parts.map((part) => require(`@kindred/${part}/package.json`) as PackageFacts),
  ].map(({ name, version }) => ({ name, version }));
}

/** The flags of /proc/cpuinfo, which ARM calls features; undefined where there are none. */
export function instructionsIn(cpuinfo: string): ReadonlySet<string> | undefined {
  const [, flags] = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo) ?? [];
  return flags === undefined ? undefined : new Set(flags.split(" "));
}

async function cuda(): Promise<CudaFacts> {
  const folder = "/proc/driver/nvidia/gpus";
  const ids = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    ids.map((id) => readFile(`${folder}/${id}/information`, "utf8").catch(() => "")),
  );
  const gpus = texts.map((text) => /^Model:\s*(.*)$/m.exec(text)?.[1] ?? "a GPU");
  return { gpus, hasProvider: cudaLibrary() !== undefined };
}
