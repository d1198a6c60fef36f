/** How strongly a ControlNet takes part. */
export interface ControlStrength {
  /** By which its outputs are multiplied. */
  readonly scale: number;
  /** Guess mode: the outputs of finer levels weigh less, the finest a tenth of the coarsest. */
  readonly guess: boolean;
}

/** The factor of each of a ControlNet's outputs, the finest first: diffusers' `conditioning_scale` and `guess_mode`. */
export function outputScales(count: number, { scale, guess }: ControlStrength): Float32Array {
  const share = (i: number) => (guess ? 10 ** (i / (count - 1) - 1) : 1);
  return Float32Array.from({ length: count }, (_, i) => scale * share(i));
}
