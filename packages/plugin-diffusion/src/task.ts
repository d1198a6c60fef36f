import type { Task } from "@kindred/core";

/** What to draw, and how. A family that cannot do what it asks for answers UNSUPPORTED. */
export interface ImageRequest {
  readonly prompt: string;
  /** What to steer away from; without effect where guidance is 1 or less. Default: nothing. */
  readonly negativePrompt?: string | undefined;
  /** In pixels, divisible by 8. Default: the launch's, or what the model was trained at. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** How many pictures; picture i has seed `seed` + i. Default 1. */
  readonly count?: number | undefined;
  /** As torch's `manual_seed` takes it. Default: a random one, which is returned. */
  readonly seed?: number | undefined;
  /** Denoising steps. Default: the checkpoint's. */
  readonly steps?: number | undefined;
  /** Classifier-free guidance scale; none at 1 and below. Default: the checkpoint's. */
  readonly guidance?: number | undefined;
  /** φ of arXiv 2305.08891: how far guidance is rescaled to the prompt's own deviation, 0 to 1. Default 0. */
  readonly guidanceRescale?: number | undefined;
  /** A name of the sampler table, or a scheduler class of diffusers'. Default: the class that the checkpoint names. */
  readonly sampler?: string | undefined;
  /** Layers of the text encoder left out at its end, as diffusers counts. Default 0. */
  readonly clipSkip?: number | undefined;
  /** Previews of each picture, evenly over its steps. Default 0. */
  readonly previews?: number | undefined;
  /** What image-to-image starts from. */
  readonly image?: Pixels | undefined;
  /** Where inpainting draws: white. */
  readonly mask?: Pixels | undefined;
  /** How much of the schedule runs over `image`, above 0 up to 1. */
  readonly strength?: number | undefined;
  /** What a ControlNet follows. */
  readonly control?: Pixels | undefined;
}

/** In pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Pixels extends Size {
  /** Red, green, blue, row by row: width · height · 3 bytes. */
  readonly rgb: Uint8Array;
}

export interface Picture extends Pixels {
  readonly seed: number;
}

/** A request with its blanks filled in: what a picture was made from. */
export interface Settings extends Size {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly steps: number;
  readonly guidance: number;
  readonly guidanceRescale: number;
  readonly sampler: string;
  readonly clipSkip: number;
}

export interface Pictures {
  readonly pictures: readonly Picture[];
  readonly settings: Settings;
  /** Where they were drawn at another size than `settings` has. */
  readonly drawn?: Size | undefined;
  /** The model's id. */
  readonly model: string;
  /** Of the prompt, start and end tokens included. */
  readonly promptTokens: number;
}

/** After each call of the denoiser. */
export interface ImageEvent {
  readonly done: number;
  /** Calls that all pictures need together. */
  readonly total: number;
  /** What the picture will be like, where the request wants to see. */
  readonly preview?: Preview;
}

export interface Preview extends Picture {
  /** Which one of its picture's previews, from 0. */
  readonly index: number;
}

export interface LatentSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export interface Latent extends LatentSize {
  /** channels · height · width of them. */
  readonly values: Float32Array;
}

/** Text-to-image, image-to-image and inpainting. */
export const image: Task<ImageRequest, Pictures, ImageEvent> = { name: "image" };
