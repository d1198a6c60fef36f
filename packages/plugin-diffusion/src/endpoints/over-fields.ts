import * as z from "zod";
import type { ImageRequest } from "../task.ts";
import { imageFields, wireNames } from "./fields.ts";
import type { ImageFields } from "./fields.ts";
import type { Maybe } from "./maybe.ts";

/** The fields of the endpoints that draw over a picture, beside their prompt and pictures. null means absent. */
export interface OverFields extends ImageFields {
  /** How far the picture is drawn anew, above 0 up to 1. */
  readonly strength?: Maybe<number>;
  /** Pads the picture to a multiple of so many pixels, to the right and below, and cuts what was drawn to its size. */
  readonly padding_image_to_multiple?: Maybe<number>;
}

/** The fields of the endpoints that take a mask. */
export interface MaskFields {
  /** Deviation of the Gaussian that softens the mask's edge, in pixels. */
  readonly mask_blur?: Maybe<number>;
  /** Draws the mask's surroundings alone: so many pixels around it. */
  readonly padding_mask_crop?: Maybe<number>;
}

type Shape<Fields> = { readonly [Name in keyof Required<Fields>]: z.ZodType<Fields[Name]> };

const maxBlur = 100;
const maxPadding = 99_999;
const maxMultiple = 4096;

export const overFields: Shape<OverFields> = {
  ...imageFields,
  strength: z
    .number()
    .gt(0)
    .max(1)
    .nullish()
    .describe("How far the picture is drawn anew. Default: 0.8, and 1 within a mask."),
  padding_image_to_multiple: z
    .int()
    .min(1)
    .max(maxMultiple)
    .nullish()
    .describe(
      "Pads the picture to a multiple of so many pixels, and cuts what was drawn to its size.",
    ),
};

export const maskFields: Shape<MaskFields> = {
  mask_blur: z
    .number()
    .min(0)
    .max(maxBlur)
    .nullish()
    .describe("The deviation of a Gaussian that softens the mask's edge, in pixels. Default: 0."),
  padding_mask_crop: z
    .int()
    .min(0)
    .max(maxPadding)
    .nullish()
    .describe("Draws the mask's surroundings alone, so many pixels around it."),
};

/** Wire names of the task's fields that have another name there. */
export const overNames: Readonly<Record<string, string>> = {
  ...wireNames,
  maskBlur: "mask_blur",
  paddingMaskCrop: "padding_mask_crop",
  paddingMultiple: "padding_image_to_multiple",
};

/** What these fields say of the picture that is drawn over. */
export function overRequest(fields: OverFields & MaskFields): Partial<ImageRequest> {
  return {
    strength: fields.strength ?? undefined,
    maskBlur: fields.mask_blur ?? undefined,
    paddingMaskCrop: fields.padding_mask_crop ?? undefined,
    paddingMultiple: fields.padding_image_to_multiple ?? undefined,
  };
}
