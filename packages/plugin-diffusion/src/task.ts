import type { Progress, Task } from "@kindred/core";

/**
 * A picture to draw, and how. INVALID_INPUT names the field that no picture can be drawn with, UNSUPPORTED one that the
 * model does not honour.
 */
export interface ImageRequest {
  readonly prompt: string;
  /** A text that guidance steers away from. It has no effect where guidance is 1 or less. Default "". */
  readonly negativePrompt?: string | undefined;
  /** Pixels, divisible by the model's multiple (8 for Stable Diffusion). Default: the launch's size, or the model's own. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Number of pictures; picture i has seed `seed` + i. Default 1. */
  readonly count?: number | undefined;
  /** An integer, as torch's `manual_seed` takes it. Default: a random one, which the answer names. */
  readonly seed?: number | undefined;
  /** Denoising steps. Default: the launch's, or the checkpoint's. */
  readonly steps?: number | undefined;
  /** Scale of classifier-free guidance (arXiv 2207.12598); 1 and less is none. Default: the launch's, or the checkpoint's. */
  readonly guidance?: number | undefined;
  /** φ of arXiv 2305.08891, from 0 to 1: how far guidance is rescaled to the prompt's own deviation. Default 0. */
  readonly guidanceRescale?: number | undefined;
  /** A sampler of the table in schedulers/names.ts, or one of diffusers' scheduler classes. Default: the checkpoint's class. */
  readonly sampler?: string | undefined;
  /** Last layers of the text encoder to leave out, as diffusers counts them. Default 0. */
  readonly clipSkip?: number | undefined;
  /** Number of previews of each picture, evenly over its steps. Default 0. */
  readonly previews?: number | undefined;
  /** The picture that image-to-image and inpainting start from. */
  readonly image?: Pixels | undefined;
  /** White where inpainting draws, black where it keeps `image`. */
  readonly mask?: Pixels | undefined;
  /** Share of the schedule that runs over `image`, above 0 up to 1. */
  readonly strength?: number | undefined;
  /** The pictures that ControlNets follow, one for each of them. */
  readonly control?: readonly Pixels[] | undefined;
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Pixels extends Size {
  /** Red, green and blue of each pixel, row by row: width · height · 3 bytes. */
  readonly rgb: Uint8Array;
}

export interface Picture extends Pixels {
  readonly seed: number;
}

/** The settings that a picture was made with: the request's, completed by defaults. */
export interface Settings extends Size {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly steps: number;
  readonly guidance: number;
  readonly guidanceRescale: number;
  /** The request's name for it, or diffusers' name of the checkpoint's class. */
  readonly sampler: string;
  readonly clipSkip: number;
}

export interface Pictures {
  readonly pictures: readonly Picture[];
  readonly settings: Settings;
  /** The size that they were drawn at, when it is not the one in `settings`. */
  readonly drawn?: Size | undefined;
  /** The model's id. */
  readonly model: string;
  /** Tokens of the prompt, start and end tokens included. */
  readonly promptTokens: number;
}

/** Progress after each call of the denoiser: `total` counts the calls of all pictures together. */
export interface ImageEvent extends Progress {
  /** The picture as predicted at this step. Present at the steps that the request's `previews` choose. */
  readonly preview?: Preview;
}

export interface Preview extends Picture {
  /** Its number among the previews of its picture, from 0. */
  readonly index: number;
}

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

/** Pictures from text. Input, output and events are structured-cloneable. */
export const image: Task<ImageRequest, Pictures, ImageEvent> = { name: "image" };
