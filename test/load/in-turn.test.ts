import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  graphRuntime,
  processRuntime,
  provide,
} from "@kindred/core";
import type { GraphRuntime } from "@kindred/core";
import { CountingRuntime, relay, relayTask, writeRelay } from "@kindred/core/testing";

const width = 2048;
const input = Float32Array.from({ length: width }, (_, i) => Math.sin(i));

describe.skipIf(!process.env["KINDRED_FULL"])("three graphs of a model (KINDRED_FULL=1)", () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "kindred-relay-"));
    await writeRelay(folder, width);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs the model twice within `memory` bytes. */
  async function run(memory: number) {
    const runtime = new OpeningRuntime(processRuntime());
    await using kernel = await createKernel({
      plugins: [relay()],
      models: [{ id: "relay", source: folder }],
      provides: [
        provide(deviceAllocator, () => budgetAllocator({ memory })),
        provide(graphRuntime, () => runtime),
      ],
    });
    const outputs = [];
    for (let i = 0; i < 2; i++) outputs.push(await kernel.run(relayTask, "relay", input));
    const [info] = kernel.models();
    return { outputs, needed: info!.memory!.needed, opened: runtime.opened, most: runtime.most };
  }

  test("stay open where memory allows, and are otherwise opened in turn, with the same result", async () => {
    const roomy = await run(2e9);
    expect(roomy).toMatchObject({ opened: 3, most: 3 });
    const two = await run(Math.round(2.2 * roomy.needed));
    expect(two.most).toBe(2);
    const one = await run(Math.round(1.2 * roomy.needed));
    expect(one).toMatchObject({ opened: 6, most: 1 });
    expect(Math.hypot(...roomy.outputs[0]!)).toBeGreaterThan(1);
    for (const output of [...roomy.outputs, ...two.outputs, ...one.outputs]) {
      expect(output).toEqual(roomy.outputs[0]);
    }
  });
});

/** Counts the graphs that were opened, and the most that were open at once. */
class OpeningRuntime extends CountingRuntime {
  opened = 0;
  most = 0;

  override async open(...parameters: Parameters<GraphRuntime["open"]>) {
    const graph = await super.open(...parameters);
    this.opened++;
    this.most = Math.max(this.most, this.openGraphs.size);
    return graph;
  }
}
