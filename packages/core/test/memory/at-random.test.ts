import { expect, test } from "vitest";
import { isKernelError, KernelError } from "../../src/errors.ts";
import type { Graph, GraphRuntime } from "../../src/graph.ts";
import type { ModelMemory } from "../../src/memory/model-memory.ts";
import { numbers, source, tick } from "../fixtures.ts";
import { randomNumbers } from "../random-numbers.ts";
import { twoDevices } from "./setup.ts";

const closed = new KernelError("CLOSED", "The server is shutting down.");

/** Models on two devices that cannot hold them all, whose graphs are slow and sometimes fail or hang; `ask` uses one of them. */
function models(seed: number) {
  const random = randomNumbers(seed);
  const below = (count: number) => Math.floor(random() * count);
  const chance = async (failure: number) => {
    for (let i = below(4); i > 0; i--) await tick();
    if (random() < failure) throw new Error("chance");
  };
  const run = async ({ x }: any) => {
    await chance(0.03);
    if (random() < 0.03) await new Promise(() => {});
    return { y: x };
  };
  const devices = twoDevices({ cuda: 100, cpu: 80, overheadBytes: 10 * below(3), run });
  const runtime: GraphRuntime = {
    ...devices.runtime,
    async open(opened, lease) {
      await chance(0.05);
      const graph = await devices.runtime.open(opened, lease);
      const dispose = () => graph[Symbol.asyncDispose]();
      return { ...graph, [Symbol.asyncDispose]: async () => (await dispose(), chance(0.03)) };
    },
  };
  const all = [0, 1, 2, 3, 4].map((place) => {
    const [modelOn, most] = place % 2 ? [devices.onCpu, 60] : [devices.onGpu, 100];
    const keepAlive = below(2) ? 5 : Infinity;
    const options = { runtime, replicas: 1 + below(2), keepAlive, runTimeout: 20 };
    const model = modelOn(`${place}`, options);
    const graphs = Array.from({ length: 1 + below(3) }, (_, i) => {
      const bytes = 10 + below(most / 2);
      const workspace = ({ x }: any) => Math.min(3 * x[0], most - bytes);
      return model.declare(source(`${place}.${i}`, bytes, { peakBytes: bytes + 5, workspace }));
    });
    return { model, graphs };
  });

  async function ask(): Promise<void> {
    const { model, graphs } = all[below(all.length)]!;
    const abort = new AbortController();
    const { signal } = abort;
    if (random() < 0.15) setTimeout(() => abort.abort(below(2) ? closed : undefined), below(10));
    if (random() < 0.05) devices.runtime.kill(`${below(all.length)}.0`);
    if (random() < 0.05) return model.warm(signal);
    const once = (graph: Graph) =>
      graph.run({ x: numbers(...Array.from({ length: 1 + below(5) }, () => 1)) }, ["y"], signal);
    await model.turn(signal, async () => {
      if (random() < 0.3) await Promise.allSettled(graphs.map(once));
      else for (const graph of graphs) await once(graph);
    });
  }
  return { devices, all: all.map(({ model }) => model), ask };
}

function expectCovered(model: ModelMemory): void {
  const held = model.sessions.reduce((sum, { bytes }) => sum + bytes, 0);
  const reserved = model.memory.reservedBy(model);
  expect(held).toBeLessThanOrEqual(reserved);
  expect(reserved).toBeLessThanOrEqual(model.memory.leaseOf(model)?.bytes ?? 0);
}

test.each([1, 2, 3, 4, 5, 6])(
  "models on two devices, asked at random, all answer, hold no more than they lease, and give it back (%i)",
  { timeout: 20_000 },
  async (seed) => {
    const { devices, all, ask } = models(seed);
    const expected = (error: Error) => {
      const codes = ["ABORTED", "CLOSED", "GRAPH_FAILED"];
      if (isKernelError(error) ? !codes.includes(error.code) : error.message !== "chance")
        throw error;
    };
    const client = async () => {
      for (let i = 0; i < 12; i++) {
        await ask().catch(expected);
        all.forEach(expectCovered);
      }
    };
    await Promise.all(Array.from({ length: 10 }, client));
    await Promise.all(all.map((model) => model.close()));
    expect(devices.leased).toEqual({ cuda: 0, cpu: 0 });
    expect(devices.runtime.opened.size).toBe(0);
  },
);
