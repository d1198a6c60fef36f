import type { Tensor } from "@kindred/core";

const { cos, exp, floor, fround, log, sin } = Math;

/**
 * The sinusoids of a scale of guidance, float32 [1, width], as diffusers' Latent Consistency Models take them (Kingma et
 * al. 2021, arXiv 2107.00630, for a time). 1 is no guidance. Each step is rounded as torch rounds it.
 */
export function guidanceEmbedding(guidance: number, width: number): Tensor {
  const scaled = fround(fround(guidance - 1) * 1000);
  const half = floor(width / 2);
  const step = fround(fround(log(10_000)) / (half - 1));
  const phases = Array.from({ length: half }, (_, i) =>
    fround(scaled * fround(exp(fround(i * -step)))),
  );
  const data = new Float32Array(width);
  data.set(phases.map(sin));
  data.set(phases.map(cos), half);
  return { type: "float32", dims: [1, width], data };
}
