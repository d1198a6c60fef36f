import type { Progress, Task } from "@kindred/core";
import type { OptionalField } from "./request/optional-fields.ts";
import type { UpscaleScale } from "./upscaling/scales.ts";

/**
 * A picture to draw, and how. INVALID_INPUT names the field that no picture can be drawn with, UNSUPPORTED one that the
 * model does not honour.
 */
export interface ImageRequest {
  readonly prompt: string;
  /**
   * A text that guidance steers away from. It has no effect where guidance is 1 or less. Default "", or for models that were
   * trained so (Stable Diffusion XL) no text at all, which is not the same.
   */
  readonly negativePrompt?: string | undefined;
  /** The texts of the second and the third text encoder, in models that have them. Default: those of the first. */
  readonly prompt2?: string | undefined;
  readonly prompt3?: string | undefined;
  readonly negativePrompt2?: string | undefined;
  readonly negativePrompt3?: string | undefined;
  /** Pixels, divisible by the model's multiple (8 for Stable Diffusion). Default: the launch's size, or the model's own. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Number of pictures. Default 1. */
  readonly count?: number | undefined;
  /**
   * Integers from 0 on, as torch's `manual_seed` takes them: picture i has `seed` + i. A list has the seeds of the first
   * pictures, and further ones count on from its last. -1 stands for a random seed, which the answer names. Default -1.
   */
  readonly seed?: number | readonly number[] | undefined;
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
  /**
   * The sizes and the crop of a picture of the training that this one is to look like: the micro-conditioning of SDXL (arXiv
   * 2307.01952, section 2.2). Default: a picture of the size that is drawn, not cropped.
   */
  readonly originalSize?: Size | undefined;
  readonly crop?: Crop | undefined;
  readonly targetSize?: Size | undefined;
  /** The same for what guidance steers away from. Default: as for the prompt. */
  readonly negativeOriginalSize?: Size | undefined;
  readonly negativeCrop?: Crop | undefined;
  readonly negativeTargetSize?: Size | undefined;
  /** Tokens of a T5 text encoder, from 1 to 512. Default 256. */
  readonly maxSequenceLength?: number | undefined;
  /**
   * Whether a prompt beyond the text encoder's length is cut, as diffusers cuts it. Otherwise it is encoded in windows.
   * Default: the launch's, or false.
   */
  readonly promptTruncate?: boolean | undefined;
  /**
   * Steps from one that runs the whole UNet to the next; those between reuse its deep maps (DeepCache, arXiv 2312.00858). 1: all do.
   * UNSUPPORTED above 1 where the launch is without `deepcache`. Default: the launch's, or 1.
   */
  readonly deepcacheInterval?: number | undefined;
  /** Number of previews of each picture, evenly over its steps. Default 0. */
  readonly previews?: number | undefined;
  /** The picture that image-to-image and inpainting start from. Its size is the default of `width` and `height`. */
  readonly image?: Pixels | undefined;
  /** White where inpainting draws, black where it keeps `image`, of whose size it is. */
  readonly mask?: Pixels | undefined;
  /** Share of the schedule that runs over `image`, above 0 up to 1. Default: 0.8, and 1 with a mask. */
  readonly strength?: number | undefined;
  /** Deviation of the Gaussian that softens the mask's edge, in pixels. Default 0: what the mask keeps comes back exactly. */
  readonly maskBlur?: number | undefined;
  /** Draws the mask's surroundings alone, so many pixels around it, enlarged to the size. Default: the whole picture. */
  readonly paddingMaskCrop?: number | undefined;
  /**
   * Pads `image`, `mask` and `control` with black to a multiple of so many pixels, to the right and below, and cuts what was
   * drawn to their size. Default: neither.
   */
  readonly paddingMultiple?: number | undefined;
  /** Times that the sides of the finished pictures are enlarged, by the launch's upscaler. Default: they are not. */
  readonly upscale?: UpscaleScale | undefined;
  /** Draws the picture at its size, enlarges it, and draws over that. Default: one pass at its size. */
  readonly hires?: Hires | undefined;
  /** Pictures that the launch's ControlNets follow. The first one's size is the default of `width` and `height`. */
  readonly control?: readonly ControlPicture[] | undefined;
  /** Lets ControlNets run without the prompt's guidance, their finer outputs weighing less. Default false. */
  readonly guessMode?: boolean | undefined;
  /**
   * Xinference's `image_to_image`. It is `control`, of which a single picture without a name is for every ControlNet of the
   * launch. Its picture is `image` instead where the launch has none, or the request has a `strength`.
   */
  readonly follow?: readonly ControlPicture[] | undefined;
}

/** A picture that a ControlNet follows. */
export interface ControlPicture {
  readonly image: Pixels;
  /** The ControlNet's name. Default: the launch's only one, or its i-th where there are as many pictures as ControlNets. */
  readonly name?: string | undefined;
  /** Makes what the ControlNet follows of `image`: "canny" its edges. Default: it is taken as it is. */
  readonly preprocess?: "canny" | undefined;
  /** By which its residuals are multiplied: diffusers' `controlnet_conditioning_scale`. Default 1. */
  readonly scale?: number | undefined;
  /** The shares of the steps from which on, and up to which, it takes part, 0 to 1. Default: all. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

/** Pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A second pass over the enlarged picture, with the same prompt, seed, sampler and steps. */
export interface Hires {
  /**
   * Times the size, above 1 up to 4. Sides are rounded to the nearest multiple that the model can draw. The picture is enlarged by
   * a Lanczos window of three lobes.
   */
  readonly scale: number;
  /** Share of the schedule that runs over the enlarged picture, above 0 up to 1. Default 0.7. */
  readonly strength?: number | undefined;
}

/** The place of a picture's corner in the one that it was cut out of, in pixels. */
export interface Crop {
  readonly top: number;
  readonly left: number;
}

export interface Pixels extends Size {
  /** Red, green and blue of each pixel, row by row: width · height · 3 bytes. */
  readonly rgb: Uint8Array;
}

export interface Picture extends Pixels {
  readonly seed: number;
}

/** The settings that a picture was made with: the request's, completed by defaults. */
export interface Settings extends Size, Pick<ImageRequest, OptionalField> {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly steps: number;
  readonly guidance: number;
  readonly guidanceRescale: number;
  /** The request's name for it, or diffusers' name of the checkpoint's class. */
  readonly sampler: string;
  readonly clipSkip: number;
  /** Of requests over a picture. */
  readonly strength?: number | undefined;
  readonly maskBlur?: number | undefined;
  readonly paddingMaskCrop?: number | undefined;
  /** Of requests that ControlNets take part in. */
  readonly controls?: readonly ControlSetting[] | undefined;
  readonly guessMode?: boolean | undefined;
  /** Of requests in two passes: `width` and `height` are the second's, and the size here is the first's. */
  readonly hires?: (Size & { readonly [Name in keyof Hires]-?: number }) | undefined;
}

/** How a ControlNet took part. */
export type ControlSetting = Readonly<Record<"scale" | "start" | "end", number>> & {
  readonly name: string;
};

export interface Pictures {
  readonly pictures: readonly Picture[];
  readonly settings: Settings;
  /** Steps of the denoiser over all pictures and passes. */
  readonly steps: number;
  /** The size that they were drawn at, in the last pass, when it is not the one in `settings`. */
  readonly drawn?: Size | undefined;
  /** Whether they were decoded in tiles, for want of memory. Default false. */
  readonly tiled?: boolean | undefined;
  /** ControlNets whose shares of the steps held none of them. Default: none. */
  readonly idleControls?: readonly string[] | undefined;
  /** How the pictures were enlarged once they were drawn at the size in `settings`. Default: they were not. */
  readonly enlarged?: Enlargement | undefined;
  /** The model's id. */
  readonly model: string;
  /** Tokens of the prompt as it was encoded, start and end tokens included. */
  readonly promptTokens: number;
  /** The prompts that were cut. Default: none. */
  readonly cut?: readonly PromptCut[] | undefined;
  /** Whether a negative prompt and `guidanceRescale` took part. Default: where guidance is above 1. */
  readonly guided?: boolean | undefined;
}

export interface Enlargement {
  /** Times that the sides were enlarged. */
  readonly scale: UpscaleScale;
  /** The upscaler's file, without its extension. */
  readonly upscaler: string;
}

/** The texts of a request: those for the prompt, and those against it. */
export type PromptField = "prompt" | "prompt2" | "prompt3" | NegativeField;
export type NegativeField = "negativePrompt" | "negativePrompt2" | "negativePrompt3";

/** A prompt of which only the beginning was drawn. */
export interface PromptCut {
  readonly field: PromptField;
  /** Tokens of the whole text, and those that were encoded, without start and end tokens. */
  readonly tokens: number;
  readonly kept: number;
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

/** Pictures from text. Input, output and events are structured-cloneable. */
export const image: Task<ImageRequest, Pictures, ImageEvent> = { name: "image" };
