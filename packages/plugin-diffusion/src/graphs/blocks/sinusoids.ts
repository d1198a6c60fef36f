import { concat, mul } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";

export interface SinusoidOptions {
  /** Sines and cosines of each number together. */
  readonly width: number;
  /** Takes the frequencies from 1 down to 1 / 10000^(1 / (1 - shift / half the width)). */
  readonly shift: number;
  readonly cosineFirst: boolean;
}

/** The sinusoids of DDPM (arXiv 2006.11239), diffusers' `Timesteps`, of numbers [rows, 1]: [rows, width]. */
export function sinusoids(g: GraphBuilder, numbers: Value, options: SinusoidOptions): Value {
  const { width, shift, cosineFirst } = options;
  const frequencies = frequenciesOf(width / 2, shift);
  const phase = mul(g, numbers, g.float32(frequencies, [1, frequencies.length]));
  const [sin, cos] = [g.node("Sin", [phase]), g.node("Cos", [phase])];
  return concat(g, cosineFirst ? [cos, sin] : [sin, cos], 1);
}

/** 10000^(-i / (n - shift)). Each step is rounded to float32, as torch does. */
function frequenciesOf(half: number, shift: number): readonly number[] {
  const log = Math.fround(-Math.log(10_000));
  return Array.from({ length: half }, (_, i) =>
    Math.exp(Math.fround(Math.fround(log * i) / (half - shift))),
  );
}
