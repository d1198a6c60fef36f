import { readFileSync } from "node:fs";
import type { FloatType } from "@kindred/core/testing";
import sharp from "sharp";
import type { ImageRequest, Pixels } from "../../src/index.ts";

/** A checkpoint without its weights, as tools/reference/diffusion.py saved it. */
export interface GoldenModel {
  readonly dtype: FloatType;
  /** Whether its tensors have the names that libraries write today. */
  readonly modern: boolean;
  readonly files: Readonly<Record<string, any>>;
}

export interface GoldenCase {
  readonly model: string;
  readonly request: ImageRequest;
  /** A file for each picture. */
  readonly pictures: readonly string[];
}

const folder = new URL("../golden/pictures/", import.meta.url);
const golden = JSON.parse(readFileSync(new URL("cases.json", folder), "utf8")) as {
  readonly models: Readonly<Record<string, GoldenModel>>;
  readonly cases: Readonly<Record<string, GoldenCase>>;
};

export const models: Readonly<Record<string, GoldenModel>> = golden.models;
export const cases: Readonly<Record<string, GoldenCase>> = golden.cases;

export interface Difference {
  /** Mean and maximum over all values, which go from 0 to 255. */
  readonly mean: number;
  readonly max: number;
}

/** The difference between a picture and a recorded one. Infinity when their sizes differ. */
export async function difference(pixels: Pixels, file: string): Promise<Difference> {
  const picture = sharp(readFileSync(new URL(file, folder))).removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  if (info.width !== pixels.width || info.height !== pixels.height) {
    return { mean: Infinity, max: Infinity };
  }
  const differences = pixels.rgb.map((value, i) => Math.abs(value - data[i]!));
  const sum = differences.reduce((total, value) => total + value, 0);
  return { mean: sum / differences.length, max: Math.max(...differences) };
}
