import { KernelError } from "@kindred/core";
import * as z from "zod";
import type { DecodedPicture } from "../picture/decode.ts";
import type { UploadLimits } from "../picture/upload-limits.ts";
import { controlNameField } from "../request/fields.ts";
import type { ControlPicture, ImageRequest } from "../task.ts";
import type { Maybe } from "./maybe.ts";
import { warningsOfAlpha } from "./opacity-warning.ts";
import { pictureField } from "./picture-field.ts";
import type { SentPicture } from "./picture-field.ts";
import { allPictures } from "./sent-pictures.ts";

/** The fields of ControlNets, which every image endpoint has, in diffusers' words. null means absent. */
export interface ControlFields extends ControlShares {
  /** The pictures that ControlNets follow. */
  readonly control_image?: Maybe<readonly SentPicture[]>;
  /** Runs ControlNets over the prompt alone. */
  readonly guess_mode?: Maybe<boolean>;
  /** Makes the lines that a ControlNet follows of each picture. Default: pictures are taken as they are. */
  readonly control_preprocess?: Maybe<"canny">;
}

/** Facts of each ControlNet: one for all, or a list of one for each picture. */
interface ControlShares {
  readonly controlnet?: Maybe<string | readonly string[]>;
  readonly controlnet_conditioning_scale?: Maybe<number | readonly number[]>;
  readonly control_guidance_start?: Maybe<number | readonly number[]>;
  readonly control_guidance_end?: Maybe<number | readonly number[]>;
}

const maxControls = 16;
const maxScale = 100;

function each<T>(item: z.ZodType<T>, words: string): z.ZodType<Maybe<T | readonly T[]>> {
  const error = `must be ${words}, or a list of one for each picture`;
  return z.union([item, z.array(item).min(1).max(maxControls)], { error }).nullish();
}

const begin = z.number().min(0).lt(1);
const end = z.number().gt(0).max(1);

export const controlFields: {
  readonly [Name in keyof Required<ControlFields>]: z.ZodType<ControlFields[Name]>;
} = {
  control_image: pictureField.nullish().describe("The pictures that ControlNets follow."),
  controlnet: each(controlNameField, "a ControlNet's name"),
  controlnet_conditioning_scale: each(
    z.number().min(0).max(maxScale),
    `a number from 0 to ${maxScale}`,
  ),
  control_guidance_start: each(begin, "a share of the steps from 0 to below 1"),
  control_guidance_end: each(end, "a share of the steps above 0 up to 1"),
  guess_mode: z
    .boolean()
    .nullish()
    .describe("Runs ControlNets over the prompt alone. Default: false."),
  control_preprocess: z.enum(["canny"]).nullish().describe("Makes edges of each picture first."),
};

/** The fields that take files. */
export const controlFiles: readonly "control_image"[] = ["control_image"];

/** Wire names of the task's fields that have another name there. */
export const controlNames: Readonly<Record<string, string>> = {
  control: "control_image",
  controlName: "controlnet",
  controlScale: "controlnet_conditioning_scale",
  controlStart: "control_guidance_start",
  controlEnd: "control_guidance_end",
  guessMode: "guess_mode",
};

const shares = [
  "controlnet",
  "controlnet_conditioning_scale",
  "control_guidance_start",
  "control_guidance_end",
] as const;

/** What fields say of ControlNets, and sentences of how their pictures were understood. */
export interface FoundControl {
  readonly request: Pick<ImageRequest, "control" | "guessMode">;
  readonly warnings: readonly string[];
}

/**
 * What these fields say of ControlNets. INVALID_INPUT on a list that has not one value for each picture, and on a field that
 * says something of pictures that are not there.
 */
export async function controlRequest(
  asked: ControlFields,
  limits: UploadLimits,
): Promise<FoundControl> {
  const guessMode = asked.guess_mode ?? undefined;
  if (asked.control_image == null) {
    const alone = [...shares, "control_preprocess" as const].find((field) => asked[field] != null);
    if (alone === undefined) return { request: { guessMode }, warnings: [] };
    const message = `${alone} needs control_image. Send both, or leave it out.`;
    throw new KernelError("INVALID_INPUT", message, { param: alone });
  }
  const pictures = await allPictures(asked, "control_image", limits);
  return {
    request: { control: controlPictures(pictures, asked), guessMode },
    warnings: await warningsOfAlpha(pictures, "control_image"),
  };
}

/** The pictures with what these fields say of each. A single picture is there for all ControlNets that a list names. */
export function controlPictures(
  pictures: readonly Pick<DecodedPicture, "pixels">[],
  asked: ControlFields,
): readonly ControlPicture[] {
  const count = countOf(pictures.length, asked);
  return Array.from({ length: count }, (_, i) => ({
    image: (pictures[i] ?? pictures[0]!).pixels,
    name: valueAt(asked.controlnet, i),
    preprocess: asked.control_preprocess ?? undefined,
    scale: valueAt(asked.controlnet_conditioning_scale, i),
    start: valueAt(asked.control_guidance_start, i),
    end: valueAt(asked.control_guidance_end, i),
  }));
}

function countOf(pictures: number, asked: ControlShares): number {
  const { controlnet: names } = asked;
  const count = pictures === 1 && Array.isArray(names) ? names.length : pictures;
  const other = shares.find((field) => {
    const value = asked[field];
    return Array.isArray(value) && value.length !== count;
  });
  if (!other) return count;
  const values = (asked[other] as readonly unknown[]).length;
  const what = count === 1 ? "one control picture" : `${count} of them`;
  const message = `${other} has ${values} values for ${what}. Send one for each, or one for all.`;
  throw new KernelError("INVALID_INPUT", message, { param: other });
}

function valueAt<T extends string | number>(
  value: Maybe<T | readonly T[]>,
  i: number,
): T | undefined {
  if (value == null) return undefined;
  return typeof value === "object" ? value[i] : value;
}
