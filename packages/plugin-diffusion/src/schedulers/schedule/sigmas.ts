import { linspace } from "./timesteps.ts";

const { fround, log, max, min, sqrt } = Math;

/** The noise-to-image ratio at each training timestep. A timestep without any image counts as a share of 2⁻²⁴, as in diffusers. */
export function sigmasOf(alphas: Float32Array): Float32Array {
  return alphas.map((alpha) => {
    const share = alpha === 0 ? 2 ** -24 : alpha;
    return sqrt(fround(fround(1 - share) / share));
  });
}

/** The table's value at a position between its entries. Beyond its ends it is level. */
export function interpolate(table: Float32Array, position: number): number {
  const at = min(max(position, 0), table.length - 1);
  const low = min(Math.floor(at), table.length - 2);
  return table[low]! + (table[low + 1]! - table[low]!) * (at - low);
}

/** Karras et al. 2022, equation 5, ρ = 7. */
export function karras(from: number, to: number, steps: number): number[] {
  const [start, end] = [from ** (1 / 7), to ** (1 / 7)];
  return linspace(0, 1, steps).map((ramp) => (start + ramp * (end - start)) ** 7);
}

/** The timestep, fractions included, at which noise has this sigma: the table's inverse on a logarithmic scale. */
export function timestepOf(sigma: number, sigmas: Float32Array): number {
  const target = log(max(sigma, 1e-10));
  const logarithm = (i: number) => fround(log(sigmas[i]!));
  const above = sigmas.findLastIndex((_, i) => logarithm(i) <= target);
  const low = min(max(above, 0), sigmas.length - 2);
  const share = (logarithm(low) - target) / (logarithm(low) - logarithm(low + 1));
  return low + min(max(share, 0), 1);
}
