import * as z from "zod";
import type { ImageFormat } from "../picture/encode.ts";
import { guidanceField, intervalField, sizeField, stepsField } from "../request/fields.ts";
import { isSeed, seedFault } from "../request/seeds.ts";
import { sizeOf } from "../request/size.ts";
import type { Crop, ImageRequest } from "../task.ts";
import type { UpscaleScale } from "../upscaling/scales.ts";
import { controlFields, controlNames } from "./control-fields.ts";
import type { ControlFields } from "./control-fields.ts";
import { hiresField, hiresOf } from "./hires-field.ts";
import type { HiresField } from "./hires-field.ts";
import type { Maybe } from "./maybe.ts";
import { scaleField } from "./scale-field.ts";

/** The fields of every image endpoint beside its prompt and pictures. null means absent. */
export interface ImageFields extends ControlFields {
  readonly model?: Maybe<string>;
  readonly n?: Maybe<number>;
  readonly size?: Maybe<string>;
  readonly response_format?: Maybe<"url" | "b64_json">;
  readonly output_format?: Maybe<ImageFormat>;
  /** Quality of JPEG and WebP, from 0 to 100. */
  readonly output_compression?: Maybe<number>;
  readonly stream?: Maybe<boolean>;
  readonly partial_images?: Maybe<number>;
  readonly negative_prompt?: Maybe<string>;
  /** -1 is a random seed. A list has one for each picture. */
  readonly seed?: Maybe<number | readonly number[]>;
  readonly num_inference_steps?: Maybe<number>;
  readonly guidance_scale?: Maybe<number>;
  readonly guidance_rescale?: Maybe<number>;
  readonly sampler_name?: Maybe<string>;
  readonly clip_skip?: Maybe<number>;
  readonly prompt_truncate?: Maybe<boolean>;
  /** Steps from one that runs the whole UNet to the next: DeepCache. */
  readonly deepcache_interval?: Maybe<number>;
  /** Texts of further text encoders. */
  readonly prompt_2?: Maybe<string>;
  readonly prompt_3?: Maybe<string>;
  readonly negative_prompt_2?: Maybe<string>;
  readonly negative_prompt_3?: Maybe<string>;
  /** Tokens of a T5 text encoder. */
  readonly max_sequence_length?: Maybe<number>;
  /** SDXL's micro-conditioning: sizes as in "1024x768", corners as [top, left]. */
  readonly original_size?: Maybe<string>;
  readonly crops_coords_top_left?: Maybe<Corner>;
  readonly target_size?: Maybe<string>;
  readonly negative_original_size?: Maybe<string>;
  readonly negative_crops_coords_top_left?: Maybe<Corner>;
  readonly negative_target_size?: Maybe<string>;
  /** Draws at `size`, enlarges, and draws over that. */
  readonly hires?: Maybe<HiresField>;
  /** Times that the finished picture's sides are enlarged. */
  readonly upscale?: Maybe<UpscaleScale>;
  /** The id under which the request is aborted and its progress asked for. */
  readonly request_id?: Maybe<string>;
  /** Names who asked, and comes back in the reply. */
  readonly safety_identifier?: Maybe<string>;
  /** These have no effect. */
  readonly quality?: Maybe<string>;
  readonly style?: Maybe<string>;
  readonly background?: Maybe<string>;
  readonly moderation?: Maybe<string>;
  readonly user?: Maybe<string>;
  readonly complexity?: Maybe<string>;
  readonly input_fidelity?: Maybe<string>;
  /** These are refused: OpenAI's moving pictures, and its marks in a picture that say what to edit. */
  readonly frame_count?: null | undefined;
  readonly frame_duration_ms?: null | undefined;
  readonly markup?: null | undefined;
}

/** [top, left], in pixels. */
export type Corner = readonly [number, number];

const maxPictures = 10;
const maxSequenceLength = 512;
const maxPreviews = 3;
const maxCharacters = 32_000;
const maxNameCharacters = 500;

export const promptField: z.ZodString = z
  .string()
  .max(maxCharacters)
  .refine(
    (text) => text.isWellFormed(),
    "must be well-formed Unicode, it has half of a surrogate pair",
  );

const statedSize = sizeField.refine((text) => text !== "auto", 'must be a size as in "512x512"');
const coordinate = z.int().min(0).max(99_999);
const corner = z.tuple([coordinate, coordinate], "must be [top, left], in pixels");
/** A field that may only be absent, and why. */
const refused = (reason: string) => z.null(`${reason}: leave it out`).optional();
const still = "no model draws moving pictures";
const nameField = z.string().max(maxNameCharacters).nullish();

export const imageFields: {
  readonly [Name in keyof Required<ImageFields>]: z.ZodType<ImageFields[Name]>;
} = {
  model: nameField,
  n: z.int().min(1).max(maxPictures).nullish(),
  size: sizeField.nullish(),
  response_format: z.enum(["url", "b64_json"]).nullish(),
  output_format: z.enum(["png", "jpeg", "webp"]).nullish(),
  output_compression: z.int().min(0).max(100).nullish(),
  stream: z.boolean().nullish(),
  partial_images: z.int().min(0).max(maxPreviews).nullish(),
  negative_prompt: promptField.nullish(),
  seed: z
    .custom<number | readonly number[]>(
      (value) => (Array.isArray(value) ? value.length > 0 && value.every(isSeed) : isSeed(value)),
      { error: ({ input }) => seedFault(input) },
    )
    .nullish(),
  num_inference_steps: stepsField.nullish(),
  guidance_scale: guidanceField.nullish(),
  guidance_rescale: z.number().min(0).max(1).nullish(),
  sampler_name: nameField,
  clip_skip: z.int().min(0).max(100).nullish(),
  prompt_truncate: z.boolean().nullish(),
  deepcache_interval: intervalField.nullish(),
  prompt_2: promptField.nullish(),
  prompt_3: promptField.nullish(),
  negative_prompt_2: promptField.nullish(),
  negative_prompt_3: promptField.nullish(),
  max_sequence_length: z.int().min(1).max(maxSequenceLength).nullish(),
  original_size: statedSize.nullish(),
  crops_coords_top_left: corner.nullish(),
  target_size: statedSize.nullish(),
  negative_original_size: statedSize.nullish(),
  negative_crops_coords_top_left: corner.nullish(),
  negative_target_size: statedSize.nullish(),
  hires: hiresField.nullish(),
  upscale: scaleField,
  request_id: z.string().min(1).max(128).nullish(),
  quality: nameField,
  style: nameField,
  background: nameField,
  moderation: nameField,
  user: nameField,
  safety_identifier: nameField,
  complexity: nameField,
  input_fidelity: nameField,
  frame_count: refused(still),
  frame_duration_ms: refused(still),
  markup: refused("no model reads marks in a picture"),
  ...controlFields,
};

/** Wire names of the task's fields that have another name there. */
export const wireNames: Readonly<Record<string, string>> = {
  negativePrompt: "negative_prompt",
  width: "size",
  height: "size",
  count: "n",
  pictures: "n",
  steps: "num_inference_steps",
  guidance: "guidance_scale",
  guidanceRescale: "guidance_rescale",
  sampler: "sampler_name",
  clipSkip: "clip_skip",
  promptTruncate: "prompt_truncate",
  deepcacheInterval: "deepcache_interval",
  prompt2: "prompt_2",
  prompt3: "prompt_3",
  negativePrompt2: "negative_prompt_2",
  negativePrompt3: "negative_prompt_3",
  maxSequenceLength: "max_sequence_length",
  originalSize: "original_size",
  crop: "crops_coords_top_left",
  targetSize: "target_size",
  negativeOriginalSize: "negative_original_size",
  negativeCrop: "negative_crops_coords_top_left",
  negativeTargetSize: "negative_target_size",
  ...controlNames,
};

/** The request that these fields make, without its pictures. */
export function requestOf(fields: ImageFields): Omit<ImageRequest, "prompt"> {
  return {
    negativePrompt: fields.negative_prompt ?? undefined,
    ...sizeOf(fields.size),
    count: fields.n ?? undefined,
    seed: fields.seed ?? undefined,
    steps: fields.num_inference_steps ?? undefined,
    guidance: fields.guidance_scale ?? undefined,
    guidanceRescale: fields.guidance_rescale ?? undefined,
    sampler: fields.sampler_name ?? undefined,
    clipSkip: fields.clip_skip ?? undefined,
    promptTruncate: fields.prompt_truncate ?? undefined,
    deepcacheInterval: fields.deepcache_interval ?? undefined,
    prompt2: fields.prompt_2 ?? undefined,
    prompt3: fields.prompt_3 ?? undefined,
    negativePrompt2: fields.negative_prompt_2 ?? undefined,
    negativePrompt3: fields.negative_prompt_3 ?? undefined,
    maxSequenceLength: fields.max_sequence_length ?? undefined,
    originalSize: sizeOf(fields.original_size),
    crop: cropOf(fields.crops_coords_top_left),
    targetSize: sizeOf(fields.target_size),
    negativeOriginalSize: sizeOf(fields.negative_original_size),
    negativeCrop: cropOf(fields.negative_crops_coords_top_left),
    negativeTargetSize: sizeOf(fields.negative_target_size),
    hires: hiresOf(fields.hires),
    upscale: fields.upscale ?? undefined,
    previews: fields.stream ? (fields.partial_images ?? 0) : 0,
  };
}

function cropOf(corner: Maybe<Corner>): Crop | undefined {
  return corner ? { top: corner[0], left: corner[1] } : undefined;
}
