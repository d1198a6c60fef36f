import type { Graph, Tensor } from "@kindred/core";
import { expect, test } from "vitest";
import { floatScalar } from "../src/components/scalar-input.ts";
import { diffusionPipeline } from "../src/pipeline.ts";
import type { DiffusionModel } from "../src/pipeline.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import type { Pictures } from "../src/task.ts";

const states = (value: number): Tensor => ({
  type: "float32",
  dims: [1, 2, 1],
  data: Float32Array.of(value, value),
});

/** A denoiser of 100 bytes and one for each latent pixel, whose prediction follows its text. */
function denoiser(batches: number[]): Graph {
  return {
    source: {
      name: "unet",
      model: "",
      folder: "",
      bytes: 100,
      peakBytes: 200,
      workspace: ({ sample = [] }) => sample.reduce((product, dim) => product * dim, 1),
      inputs: [],
      outputs: [],
    },
    bytes: ({ sample = [] } = {}) => 100 + sample.reduce((product, dim) => product * dim, 1),
    async run({ sample, encoder_hidden_states: text }): Promise<any> {
      batches.push(sample!.dims[0]!);
      const each = sample!.data.length / sample!.dims[0]!;
      const data = Float32Array.from({ length: sample!.data.length }, (_, i) => {
        const row = Math.floor(i / each);
        return Number(sample!.data[i]) * Number(text!.data[2 * row]);
      });
      return { out_sample: { type: "float32", dims: sample!.dims, data } };
    },
  };
}

async function draw(memory: number): Promise<{ batches: readonly number[]; drawn: Pictures }> {
  const batches: number[] = [];
  const graph = denoiser(batches);
  const device = { id: "cpu", provider: "cpu", bytes: memory, threads: 1 };
  const model: DiffusionModel = {
    id: "model",
    prompts: { encode: async () => ({ prompt: states(0.5), negative: states(0.25), tokens: 2 }) },
    denoiser: { graph, timestep: floatScalar },
    decoder: {
      graph: { ...graph, source: { ...graph.source, bytes: 1, workspace: () => 0 } },
      channels: 1,
      factor: 8,
      decode: async ({ values, width, height }) => ({
        rgb: new Uint8Array(values.buffer),
        width,
        height,
      }),
    },
    samplers: [],
    scheduler: () => createScheduler({ _class_name: "DDIMScheduler", clip_sample: false }),
    defaults: { width: 80, height: 80, steps: 2, guidance: 5 },
    memory: { device, overheadBytes: 10 },
  };
  const call = { signal: new AbortController().signal, onEvent() {} };
  return { batches, drawn: await diffusionPipeline(model).run({ prompt: "", seed: 1 }, call) };
}

test("guidance is a batch of two where the device holds it, else two runs, with the same picture", async () => {
  const together = await draw(310);
  const apart = await draw(309);
  expect([together.batches, apart.batches]).toEqual([
    [2, 2],
    [1, 1, 1, 1],
  ]);
  expect(apart.drawn).toEqual(together.drawn);
});

test("a picture that does not fit in two runs either is refused", async () => {
  await expect(draw(209)).rejects.toMatchObject({ code: "INVALID_INPUT", param: "width" });
});
