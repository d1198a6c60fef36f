import * as z from "zod";
import type { ImageFormat } from "../picture/encode.ts";
import { guidanceField, sizeField, stepsField } from "../request/fields.ts";
import { sizeOf } from "../request/size.ts";
import type { ImageRequest } from "../task.ts";

type Maybe<T> = T | null | undefined;

/** The fields of every image endpoint beside its prompt and pictures. null means absent. */
export interface ImageFields {
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
  readonly seed?: Maybe<number>;
  readonly num_inference_steps?: Maybe<number>;
  readonly guidance_scale?: Maybe<number>;
  readonly guidance_rescale?: Maybe<number>;
  readonly sampler_name?: Maybe<string>;
  readonly clip_skip?: Maybe<number>;
  /** The id under which the request is aborted and its progress asked for. */
  readonly request_id?: Maybe<string>;
  /** These have no effect. */
  readonly quality?: Maybe<string>;
  readonly style?: Maybe<string>;
  readonly background?: Maybe<string>;
  readonly moderation?: Maybe<string>;
  readonly user?: Maybe<string>;
}

const maxPictures = 10;
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
    .int()
    .max(Number.MAX_SAFE_INTEGER - maxPictures)
    .nullish(),
  num_inference_steps: stepsField.nullish(),
  guidance_scale: guidanceField.nullish(),
  guidance_rescale: z.number().min(0).max(1).nullish(),
  sampler_name: nameField,
  clip_skip: z.int().min(0).max(100).nullish(),
  request_id: z.string().min(1).max(128).nullish(),
  quality: nameField,
  style: nameField,
  background: nameField,
  moderation: nameField,
  user: nameField,
};

/** Wire names of the task's fields that have another name there. */
export const wireNames: Readonly<Record<string, string>> = {
  negativePrompt: "negative_prompt",
  width: "size",
  height: "size",
  count: "n",
  steps: "num_inference_steps",
  guidance: "guidance_scale",
  guidanceRescale: "guidance_rescale",
  sampler: "sampler_name",
  clipSkip: "clip_skip",
};

/** The request that these fields make. */
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
    previews: fields.stream ? (fields.partial_images ?? 0) : 0,
  };
}
