import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processRuntime } from "@kindred/core";
import type { DeviceLease, GraphSource } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { allArchitectures, batchOf, rowsOf } from "@kindred/text-encoders";
import { pooled } from "../src/graphs/pooling.ts";
import type { PoolingMode } from "../src/graphs/pooling.ts";
import { read } from "./golden.ts";

export interface Opened extends AsyncDisposable {
  readonly source: GraphSource;
  /** Vectors of unit length of token ids that share one run, without special tokens. */
  embed(rows: readonly (readonly number[])[]): Promise<readonly Float32Array[]>;
  /** The most memory that the graph's process has had, in bytes. Linux alone has it. */
  peakBytes(): Promise<number>;
}

/**
 * The graph of a fixture's config.json, with some of its members changed, and synthetic weights. It runs without a kernel, which would
 * keep texts of unlike lengths apart.
 */
export async function openGraph(
  name: string,
  mode: PoolingMode,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Opened> {
  const config = { ...read(`fixtures/${name}/config.json`), ...changes };
  const architecture = allArchitectures.find(({ matches }) => matches(config))!;
  const folder = await mkdtemp(join(tmpdir(), "kindred-graph-"));
  const file = "model.safetensors";
  const build = (weights: Weights): unknown => architecture.graph(config, weights, () => {});
  await synthesize({ file: join(folder, file), build });
  const weights = await openSafetensors(folder, file);
  const source = architecture.graph(config, weights, pooled({ modes: [mode], normalize: true }));
  const before = await children();
  const graph = await processRuntime().open(source, lease);
  const [child] = (await children()).filter((pid) => !before.includes(pid));
  return {
    source,
    async embed(rows) {
      const feeds = batchOf(rows.map((ids) => ({ ids: Int32Array.from(ids) })));
      const { embedding } = await graph.run(feeds, ["embedding"]);
      return rowsOf(embedding!);
    },
    async peakBytes() {
      return Number(/VmHWM:\s+(\d+)/.exec(await statusOf(child))![1]) * 1024;
    },
    async [Symbol.asyncDispose]() {
      await graph[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const lease: DeviceLease = {
  device: { id: "cpu", provider: "cpu", bytes: 4e9, threads: 1 },
  bytes: 4e9,
  threads: 1,
  resize: () => true,
  [Symbol.dispose]: () => {},
};

/** Ids of the processes that this one has started. */
async function children(): Promise<readonly string[]> {
  const all = await readdir("/proc").catch(() => []);
  const mine = async (pid: string): Promise<boolean> =>
    (await statusOf(pid)).includes(`PPid:\t${process.pid}\n`);
  const found = await Promise.all(all.map(async (pid) => ((await mine(pid)) ? [pid] : [])));
  return found.flat();
}

function statusOf(pid: string | undefined): Promise<string> {
  return readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
}
