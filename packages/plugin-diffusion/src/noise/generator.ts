import { mersenneTwister } from "./mersenne-twister.ts";

const { cos, fround, log, log1p, sin, sqrt } = Math;
const twoPi = fround(2 * Math.PI);
const block = 16;

/** A stream of noise. Each call goes on where the last one ended. */
export interface Generator {
  /** The next `count` standard normal values, equal to those of `torch.randn(count, generator=…)` on a CPU. */
  normal(count: number): Float32Array;
}

/**
 * torch's `Generator("cpu").manual_seed(seed)`. The seed is any 64-bit integer, a negative one as its two's complement. Its
 * low 32 bits count, as in torch.
 */
export function generator(seed: number | bigint): Generator {
  const random = mersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  const single = singles(random);
  return {
    normal: (count) =>
      count < block ? Float32Array.from({ length: count }, single) : blocks(random, count),
  };
}

/** Box & Muller (1958) over blocks of 16, in float32. An incomplete last block redraws the last 16 values. */
function blocks(random: () => number, count: number): Float32Array {
  const values = new Float32Array(count);
  const uniform = () => (random() & 0xffffff) / 2 ** 24;
  for (let i = 0; i < count; i++) values[i] = uniform();
  for (let i = 0; i + block <= count; i += block) boxMuller(values.subarray(i, i + block));
  if (count % block !== 0) {
    const last = values.subarray(count - block);
    for (let i = 0; i < block; i++) last[i] = uniform();
    boxMuller(last);
  }
  return values;
}

/** Turns a block of uniform values into normal ones. */
function boxMuller(values: Float32Array): void {
  for (let i = 0; i < block / 2; i++) {
    const radius = fround(sqrt(-2 * fround(log(1 - values[i]!))));
    const theta = fround(twoPi * values[i + block / 2]!);
    values[i] = radius * fround(cos(theta));
    values[i + block / 2] = radius * fround(sin(theta));
  }
}

/** Box & Muller in float64, one value at a time: pairs from 53-bit uniforms, whose second value waits for the next draw. */
function singles(random: () => number): () => number {
  const uniform = () => {
    const high = random() & 0x1fffff;
    return (high * 2 ** 32 + random()) / 2 ** 53;
  };
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    const theta = 2 * Math.PI * uniform();
    const radius = sqrt(-2 * log1p(-uniform()));
    kept = radius * sin(theta);
    return radius * cos(theta);
  };
}
