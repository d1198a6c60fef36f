import { KernelError } from "@kindred/core";
import * as z from "zod";
import { canny } from "../picture/canny.ts";
import type { UploadLimits } from "../picture/upload-limits.ts";
import { controlNameField } from "../request/fields.ts";
import type { ControlPicture, ImageRequest, Pixels } from "../task.ts";
import type { Maybe } from "./maybe.ts";
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

const share = z.number().min(0).max(1);
const shareWords = "a share of the steps from 0 to 1";

export const controlFields: {
  readonly [Name in keyof Required<ControlFields>]: z.ZodType<ControlFields[Name]>;
} = {
  control_image: pictureField.nullish(),
  controlnet: each(controlNameField, "a ControlNet's name"),
  controlnet_conditioning_scale: each(
    z.number().min(0).max(maxScale),
    `a number from 0 to ${maxScale}`,
  ),
  control_guidance_start: each(share, shareWords),
  control_guidance_end: each(share, shareWords),
  guess_mode: z.boolean().nullish(),
  control_preprocess: z.enum(["canny"]).nullish(),
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

/**
 * What these fields say of ControlNets. INVALID_INPUT on a list that has not one value for each picture, and on a field that
 * says something of pictures that are not there.
 */
export async function controlRequest(
  asked: ControlFields,
  limits: UploadLimits,
): Promise<Pick<ImageRequest, "control" | "guessMode">> {
  const guessMode = asked.guess_mode ?? undefined;
  if (asked.control_image == null) {
    const alone = [...shares, "control_preprocess" as const].find((field) => asked[field] != null);
    if (alone === undefined) return { guessMode };
    const message = `${alone} needs control_image. Send both, or leave it out.`;
    throw new KernelError("INVALID_INPUT", message, { param: alone });
  }
  const pictures = await allPictures(asked, "control_image", limits);
  return {
    control: await controlPictures(
      pictures.map(({ pixels }) => pixels),
      asked,
    ),
    guessMode,
  };
}

/** The pictures with what these fields say of each. A single picture is there for all ControlNets that a list names. */
export async function controlPictures(
  pictures: readonly Pixels[],
  asked: ControlFields,
): Promise<readonly ControlPicture[]> {
  const lines: Pixels[] = [];
  for (const picture of pictures)
    lines.push(asked.control_preprocess === "canny" ? await canny(picture) : picture);
  const count = countOf(lines.length, asked);
  return Array.from({ length: count }, (_, i) => ({
    image: lines[i] ?? lines[0]!,
    name: valueAt(asked.controlnet, i),
    scale: valueAt(asked.controlnet_conditioning_scale, i),
    start: valueAt(asked.control_guidance_start, i),
    end: valueAt(asked.control_guidance_end, i),
  }));
}

function countOf(pictures: number, asked: ControlShares): number {
  const lists = shares.flatMap((field) => {
    const value = asked[field];
    return Array.isArray(value) ? [{ field, length: value.length }] : [];
  });
  const count = pictures === 1 ? (lists[0]?.length ?? 1) : pictures;
  const other = lists.find(({ length }) => length !== count);
  if (!other) return count;
  const { field, length } = other;
  const message = `${field} has ${length} values for ${count} pictures. Send one for each, or one for all.`;
  throw new KernelError("INVALID_INPUT", message, { param: field });
}

function valueAt<T extends string | number>(
  value: Maybe<T | readonly T[]>,
  i: number,
): T | undefined {
  if (value == null) return undefined;
  return typeof value === "object" ? value[i] : value;
}
