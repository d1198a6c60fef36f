const { fround, sqrt } = Math;

/** A step to less noise than the next sigma has, and the deviation of the fresh noise that makes up for it. */
export interface AncestralStep {
  readonly down: number;
  readonly up: number;
}

/**
 * Ancestral sampling between two sigmas (Song et al. 2021, "Score-Based Generative Modeling through SDEs", appendix F):
 * up² = to² (from² − to²) / from², down² = to² − up². Between distant sigmas the last difference is little more than
 * rounding error, so this rounds where torch rounds.
 */
export function ancestralStep(from: number, to: number): AncestralStep {
  const [before, after] = [fround(from ** 2), fround(to ** 2)];
  const up = fround(sqrt(fround(fround(after * fround(before - after)) / before)));
  return { up, down: fround(sqrt(fround(after - fround(up ** 2)))) };
}
