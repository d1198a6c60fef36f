import type { Graph, Tensor } from "@kindred/core";
import type { Conditions, GuidedConditions } from "../src/conditions.ts";
import type { DiffusionModel } from "../src/diffusion-model.ts";
import { diffusionPipeline } from "../src/pipeline.ts";
import { createScheduler } from "../src/schedulers/create.ts";
import type { ImageRequest, Pictures } from "../src/task.ts";
import { tensor } from "./fake-graphs.ts";

/** A graph of 100 bytes, and one for each latent value. The stand-ins below do its work. */
export function standInGraph(name: string): Graph {
  const volume = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);
  return {
    source: { name, model: "", folder: "", bytes: 100, peakBytes: 100, inputs: [], outputs: [] },
    bytes: ({ latents = [0] } = {}) => 100 + volume(latents),
    run: () => Promise.reject(new Error(`"${name}" does not run.`)),
  };
}

/** Text states of one row. */
export function states(value: number): Tensor {
  return tensor([1, 2, 1], () => value);
}

/** A model of pipeline parts that run no graph. Its prediction follows the text states of each row. */
export function standInModel(change: Partial<DiffusionModel> = {}): DiffusionModel {
  const conditions: GuidedConditions = {
    prompt: { text: states(0.5) },
    negative: { text: states(0.25) },
  };
  return {
    id: "model",
    device: { id: "cpu", provider: "cpu", bytes: 1e9, threads: 1 },
    prompts: { tokenize: async () => ({ tokens: 2, encode: async () => conditions }) },
    denoiser: standInDenoiser([]),
    autoencoder: {
      decoding: () => ({
        isTiled: false,
        runs: [{ graph: standInGraph("vae_decoder"), dims: { latents: [0] } }],
      }),
      channels: 1,
      factor: 8,
      decode: async ({ values, ...size }) => ({ rgb: new Uint8Array(values.buffer), ...size }),
    },
    samplers: [],
    scheduler: () => createScheduler({ _class_name: "DDIMScheduler", clip_sample: false }),
    fields: [],
    multiple: 8,
    native: { width: 80, height: 80 },
    defaults: { width: 80, height: 80, steps: 2, guidance: 5 },
    limits: { maxSide: 2048, maxPixelSteps: 1e9 },
    ...change,
  };
}

/** Its denoiser, which adds the conditions of each run to `heard`. */
export function standInDenoiser(heard: Conditions[]): DiffusionModel["denoiser"] {
  return {
    graph: standInGraph("unet"),
    dims: (latents) => ({ latents }),
    async predict({ latents, conditions }) {
      heard.push(conditions);
      const each = latents.data.length / latents.dims[0]!;
      const text = conditions["text"]!.data;
      return Float32Array.from({ length: latents.data.length }, (_, i) => {
        const row = Math.floor(i / each);
        return Number(latents.data[i]) * Number(text[2 * row]);
      });
    },
  };
}

/** Prepares a request and draws it. */
export async function drawWith(
  model: DiffusionModel,
  request: Partial<ImageRequest> = {},
): Promise<Pictures> {
  const pipeline = diffusionPipeline(model);
  const call = { signal: new AbortController().signal, onEvent() {} };
  return pipeline.run(await pipeline.prepare!({ prompt: "", seed: 1, ...request }, call), call);
}
