import type { Tensor } from "@kindred/core";
import { fakeRuntime } from "@kindred/core/testing";
import type { FakeRun, FakeRuntime } from "@kindred/core/testing";

export interface FakeGraphs {
  readonly runtime: FakeRuntime;
  /** The dims of latents and text states in each run of the denoiser. */
  readonly steps: (readonly (readonly number[])[])[];
  /** Holds runs of graphs back until `release` is called. Resolves when one is asked for. */
  hold(): Promise<{ release(): void }>;
}

/** Stand-ins for the graphs of the checkpoint "sd15-short". The picture depends on the noise and on both texts. */
export function fakeGraphs(): FakeGraphs {
  const steps: (readonly (readonly number[])[])[] = [];
  const graphs: Record<string, FakeRun> = {
    text_encoder: ({ input_ids }, [output = ""]) => {
      const [, length = 0] = input_ids!.dims;
      const ids = Array.from(input_ids!.data as BigInt64Array, Number);
      return { [output]: tensor([1, length, 48], (i) => ids[Math.floor(i / 48)]! / 504) };
    },
    unet: ({ sample, encoder_hidden_states: states }) => {
      steps.push([sample!.dims, states!.dims]);
      const sum = (states!.data as Float32Array).reduce((total, value) => total + value, 0);
      const drift = sum / states!.data.length;
      return { out_sample: tensor(sample!.dims, (i) => Number(sample!.data[i]) * 0.5 + drift) };
    },
    vae_decoder: ({ latent_sample }) => {
      const [, , height = 0, width = 0] = latent_sample!.dims;
      const values = latent_sample!.data as Float32Array;
      return {
        sample: tensor([1, 3, 8 * height, 8 * width], (i) => Math.tanh(values[i % values.length]!)),
      };
    },
  };
  let begin = () => {};
  let released = Promise.resolve();
  return {
    steps,
    runtime: fakeRuntime(async (feeds, outputs, source) => {
      begin();
      await released;
      return graphs[source.name]!(feeds, outputs, source);
    }),
    hold: () =>
      new Promise((held) => {
        released = new Promise((release) => (begin = () => held({ release })));
      }),
  };
}

export function tensor(dims: readonly number[], value: (i: number) => number): Tensor {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return { type: "float32", dims, data: Float32Array.from({ length }, (_, i) => value(i)) };
}
