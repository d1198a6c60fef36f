import { mersenneTwister } from "./mersenne-twister.ts";

const { cos, fround, log, log1p, sin, sqrt } = Math;
const TWO_PI = fround(2 * Math.PI);
const BLOCK = 16;

/** A stream of noise that continues from call to call. */
export interface Generator {
  /** The next `count` standard normal values: what `torch.randn(count, generator=…)` gives on a CPU. */
  normal(count: number): Float32Array;
}

/**
 * torch's `Generator("cpu").manual_seed(seed)`. Of the seed only the low 32 bits count, in torch too:
 * any 64-bit integer is accepted, negative ones as their two's complement.
 */
export function generator(seed: number | bigint): Generator {
  const random = mersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  const single = singles(random);
  return {
    normal: (count) =>
      count < BLOCK ? Float32Array.from({ length: count }, single) : blocks(random, count),
  };
}

/** Box & Muller (1958) over blocks of 16, in float32; an incomplete last block redraws the last 16 values. */
function blocks(random: () => number, count: number): Float32Array {
  const values = new Float32Array(count);
  const uniform = () => (random() & 0xffffff) / 2 ** 24;
  for (let i = 0; i < count; i++) values[i] = uniform();
  for (let i = 0; i + BLOCK <= count; i += BLOCK) boxMuller(values.subarray(i, i + BLOCK));
  if (count % BLOCK !== 0) {
    const last = values.subarray(count - BLOCK);
    for (let i = 0; i < BLOCK; i++) last[i] = uniform();
    boxMuller(last);
  }
  return values;
}

function boxMuller(block: Float32Array): void {
  for (let i = 0; i < BLOCK / 2; i++) {
    const radius = fround(sqrt(-2 * fround(log(1 - block[i]!))));
    const theta = fround(TWO_PI * block[i + BLOCK / 2]!);
    block[i] = radius * fround(cos(theta));
    block[i + BLOCK / 2] = radius * fround(sin(theta));
  }
}

/** One value at a time, in float64: pairs from 53-bit uniforms, the second of a pair kept for the next draw. */
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
