import * as z from "zod";
import type { ImageFormat } from "../picture/encode.ts";
import { guidanceField, intervalField, sizeField, stepsField } from "../request/fields.ts";
import { isSeed, seedFault, seedSchema } from "../request/seeds.ts";
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
  model: nameField.describe("The id of an image model. Default: the only one that is served."),
  n: z.int().min(1).max(maxPictures).nullish().describe("How many pictures. Default: 1."),
  size: sizeField.nullish().describe('Width and height in pixels, as in "512x512", or "auto".'),
  response_format: z
    .enum(["url", "b64_json"])
    .nullish()
    .describe(
      "b64_json: files in Base64. url: files that are kept for a while. Default: b64_json.",
    ),
  output_format: z.enum(["png", "jpeg", "webp"]).nullish().describe("Default: png."),
  output_compression: z.int().min(0).max(100).nullish().describe("The quality of JPEG and WebP."),
  stream: z.boolean().nullish().describe("Answers with server-sent events."),
  partial_images: z
    .int()
    .min(0)
    .max(maxPreviews)
    .nullish()
    .describe("How many previews of each picture a stream has. Default: 0."),
  negative_prompt: promptField.nullish().describe("A text that guidance steers away from."),
  seed: z
    .custom<number | readonly number[]>(
      (value) => (Array.isArray(value) ? value.length > 0 && value.every(isSeed) : isSeed(value)),
      { error: ({ input }) => seedFault(input) },
    )
    .meta(seedSchema)
    .nullish()
    .describe("The seed of the first picture, or a list with one for each. -1 is a random one."),
  num_inference_steps: stepsField.nullish().describe("Steps of the denoiser."),
  guidance_scale: guidanceField
    .nullish()
    .describe("How far the prompt guides. 1 and less is no guidance."),
  guidance_rescale: z
    .number()
    .min(0)
    .max(1)
    .nullish()
    .describe("How far guidance is rescaled to the prompt's own deviation. Default: 0."),
  sampler_name: nameField.describe(
    "A sampler of AUTOMATIC1111's web UI, or a scheduler class of diffusers.",
  ),
  clip_skip: z
    .int()
    .min(0)
    .max(100)
    .nullish()
    .describe("Last layers of the text encoder that are left out. Default: 0."),
  prompt_truncate: z
    .boolean()
    .nullish()
    .describe("Cuts a prompt that is longer than the text encoder takes."),
  deepcache_interval: intervalField
    .nullish()
    .describe("Steps from one that runs the whole UNet to the next."),
  prompt_2: promptField.nullish().describe("The text for the second text encoder."),
  prompt_3: promptField.nullish().describe("The text for the third text encoder."),
  negative_prompt_2: promptField
    .nullish()
    .describe("The text against, for the second text encoder."),
  negative_prompt_3: promptField
    .nullish()
    .describe("The text against, for the third text encoder."),
  max_sequence_length: z
    .int()
    .min(1)
    .max(maxSequenceLength)
    .nullish()
    .describe("Tokens of the text encoder T5. Default: 256."),
  original_size: statedSize
    .nullish()
    .describe("The size that the training pictures to resemble had before their crop."),
  crops_coords_top_left: corner
    .nullish()
    .describe("Where that crop began: [top, left], in pixels."),
  target_size: statedSize.nullish().describe("The size after that crop."),
  negative_original_size: statedSize
    .nullish()
    .describe("The same for what guidance steers away from."),
  negative_crops_coords_top_left: corner
    .nullish()
    .describe("The same for what guidance steers away from."),
  negative_target_size: statedSize
    .nullish()
    .describe("The same for what guidance steers away from."),
  hires: hiresField
    .nullish()
    .describe("Draws at the size, enlarges the picture, and draws over that."),
  upscale: scaleField.describe("Times that the sides of the finished picture are enlarged."),
  request_id: z
    .string()
    .min(1)
    .max(128)
    .nullish()
    .describe("An id to follow and abort the request by."),
  quality: nameField.describe("It has no effect."),
  style: nameField.describe("It has no effect."),
  background: nameField.describe("It has no effect."),
  moderation: nameField.describe("It has no effect."),
  user: nameField.describe("It has no effect."),
  safety_identifier: nameField.describe("Names who asked, and comes back in the reply."),
  complexity: nameField.describe("It has no effect."),
  input_fidelity: nameField.describe("It has no effect."),
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
