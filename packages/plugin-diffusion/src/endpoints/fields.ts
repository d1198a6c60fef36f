import * as z from "zod";
import { isDefault, samplerNamed } from "../schedulers/names.ts";
import type { ImageFormat } from "../picture/encode.ts";
import type { ImageRequest } from "../task.ts";
import { sizeField, sizeOf } from "./size.ts";

type Maybe<T> = T | null | undefined;

/** What every image endpoint takes beside its prompt and pictures; null means absent. */
export interface ImageFields {
  readonly model?: Maybe<string>;
  readonly n?: Maybe<number>;
  readonly size?: Maybe<string>;
  readonly response_format?: Maybe<"url" | "b64_json">;
  readonly output_format?: Maybe<ImageFormat>;
  /** Quality of JPEG and WebP, 0 to 100. */
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
  /** Names the request for abort and progress. */
  readonly request_id?: Maybe<string>;
  /** Accepted without effect. */
  readonly quality?: Maybe<string>;
  readonly style?: Maybe<string>;
  readonly background?: Maybe<string>;
  readonly moderation?: Maybe<string>;
  readonly user?: Maybe<string>;
}

const MOST_PICTURES = 10;
const MOST_STEPS = 1000;
const MOST_CHARACTERS = 32_000;
const LONGEST_NAME = 500;

export const promptField: z.ZodString = z
  .string()
  .max(MOST_CHARACTERS)
  .refine(
    (text) => text.isWellFormed(),
    "must be well-formed Unicode, it has half of a surrogate pair",
  );
export const stepsField: z.ZodNumber = z.int().min(1).max(MOST_STEPS);
export const guidanceField: z.ZodNumber = z.number().min(0).max(100);

const nameField = z.string().max(LONGEST_NAME).nullish();

export const imageFields: {
  readonly [Name in keyof Required<ImageFields>]: z.ZodType<ImageFields[Name]>;
} = {
  model: nameField,
  n: z.int().min(1).max(MOST_PICTURES).nullish(),
  size: sizeField.nullish(),
  response_format: z.enum(["url", "b64_json"]).nullish(),
  output_format: z.enum(["png", "jpeg", "webp"]).nullish(),
  output_compression: z.int().min(0).max(100).nullish(),
  stream: z.boolean().nullish(),
  partial_images: z.int().min(0).max(3).nullish(),
  negative_prompt: promptField.nullish(),
  seed: z
    .int()
    .max(Number.MAX_SAFE_INTEGER - MOST_PICTURES)
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

/** What the task's fields are called on the wire. */
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

/** The request that these fields make; an unknown sampler is refused before it waits for its turn. */
export function requestOf(fields: ImageFields): Omit<ImageRequest, "prompt"> {
  const { sampler_name: sampler } = fields;
  if (sampler != null && !isDefault(sampler)) samplerNamed(sampler);
  return {
    negativePrompt: fields.negative_prompt ?? undefined,
    ...sizeOf(fields.size),
    count: fields.n ?? undefined,
    seed: fields.seed ?? undefined,
    steps: fields.num_inference_steps ?? undefined,
    guidance: fields.guidance_scale ?? undefined,
    guidanceRescale: fields.guidance_rescale ?? undefined,
    sampler: sampler ?? undefined,
    clipSkip: fields.clip_skip ?? undefined,
    previews: fields.stream ? (fields.partial_images ?? 0) : 0,
  };
}
