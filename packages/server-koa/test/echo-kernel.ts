import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, graphRuntime, KernelError, provide } from "@kindred/core";
import type { GraphSource, Kernel, ModelFamily, Plugin, Single } from "@kindred/core";
import { fakeRuntime } from "@kindred/core/testing";
import { echo, endpoint } from "./stand-in.ts";
import type { Echo, Run } from "./stand-in.ts";

const beak: GraphSource = {
  name: "beak",
  model: new Uint8Array(),
  folder: "/",
  bytes: 40,
  peakBytes: 40,
  inputs: [],
  outputs: [],
};

/** A real kernel whose models check requests before they queue, open a graph of a fake runtime and do what `run` says. */
export async function echoKernel(run: Run, ids: readonly string[] = ["parrot"]): Promise<Kernel> {
  const source = await mkdtemp(join(tmpdir(), "kindred-echo-"));
  const family: ModelFamily<typeof echo> = {
    name: "birds",
    task: echo,
    match: () => "own",
    async load(context) {
      const graph = context.graph(beak);
      const pipeline: Single<Echo, unknown, { done: number }> = {
        prepare(input) {
          if (input.times >= 1) return input;
          throw new KernelError("INVALID_INPUT", "repetitions must be 1 or more.", {
            param: "repetitions",
          });
        },
        async run(input, call) {
          await graph.run({}, [], call.signal);
          return run(input, call);
        },
      };
      return pipeline;
    },
  };
  const plugin: Plugin = { contract: 1, name: "echo", families: [family], endpoints: [endpoint] };
  return createKernel({
    plugins: [plugin],
    models: ids.map((id) => ({ id, source })),
    provides: [provide(graphRuntime, () => fakeRuntime(() => ({})))],
  });
}
