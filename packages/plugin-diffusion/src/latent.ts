/** The size of a latent, in latent pixels. */
export interface LatentSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Latent extends LatentSize {
  /** channels · height · width values, channel by channel, row by row. */
  readonly values: Float32Array;
}
