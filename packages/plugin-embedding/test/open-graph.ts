import { readdir, readFile } from "node:fs/promises";
import { processRuntime } from "@kindred/core";
import type { DeviceLease, GraphSource } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { allArchitectures, batchOf, rowsOf } from "@kindred/text-encoders";
import { pooled } from "../src/graphs/pooling.ts";
import type { PoolingMode } from "../src/graphs/pooling.ts";
import { fixture } from "./fixture.ts";
import { read } from "./golden.ts";

export interface Opened extends AsyncDisposable {
  readonly source: GraphSource;
  /** Vectors of unit length of token ids that share one run, without special tokens. */
  embed(rows: readonly (readonly number[])[]): Promise<readonly Float32Array[]>;
  /** The most memory that the graph's process has had, in bytes. Linux alone has it. */
  peakBytes(): Promise<number>;
}

/** A fixture's graph without a kernel, which would keep texts of unlike lengths apart. */
export async function openGraph(name: string, mode: PoolingMode): Promise<Opened> {
  const folder = await fixture(name);
  const config = read(`fixtures/${name}/config.json`);
  const architecture = allArchitectures.find(({ matches }) => matches(config))!;
  const weights = await openSafetensors(folder.path, "model.safetensors");
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
      await folder[Symbol.asyncDispose]();
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
