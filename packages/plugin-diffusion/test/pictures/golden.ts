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
  /** Its pictures are the names of their files: see `request` of GoldenPictures. */
  readonly request: ImageRequest;
  /** A file for each picture. */
  readonly pictures: readonly string[];
}

/** What one script of tools/reference/ recorded. */
interface Recorded {
  readonly models: Readonly<Record<string, GoldenModel | LikeModel>>;
  readonly cases: Readonly<Record<string, GoldenCase>>;
  readonly guidance?: readonly GuidanceEmbedding[];
  readonly nets?: Readonly<Record<string, GoldenNet>>;
}

/** A network beside a checkpoint, without its weights. */
export interface GoldenNet {
  readonly dtype: FloatType;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A scale of guidance as diffusers gives it to the UNet of a Latent Consistency Model. */
interface GuidanceEmbedding {
  readonly scale: number;
  readonly width: number;
  readonly values: readonly number[];
}

/** A checkpoint that differs from another in these files; null is a file that it lacks. */
interface LikeModel extends Pick<GoldenModel, "files"> {
  readonly like: string;
}

/** The models and pictures of a folder of test/golden. */
export interface GoldenPictures {
  readonly models: Readonly<Record<string, GoldenModel>>;
  readonly cases: Readonly<Record<string, GoldenCase>>;
  readonly guidance: readonly GuidanceEmbedding[];
  /** ControlNets, or decoders of previews, by their names. */
  readonly nets: Readonly<Record<string, GoldenNet>>;
  /** A case's request, with its pictures read from their files. */
  request(name: string): Promise<ImageRequest>;
  /** The difference between a picture and a recorded one. Infinity when their sizes differ. */
  difference(pixels: Pixels, file: string): Promise<Difference>;
  /** A recorded picture, such as one that a request starts from. */
  pixels(file: string): Promise<Pixels>;
}

export function readPictures(name: string): GoldenPictures {
  const folder = new URL(`../golden/${name}/`, import.meta.url);
  const recorded = JSON.parse(readFileSync(new URL("cases.json", folder), "utf8")) as Recorded;
  const whole = (model: GoldenModel | LikeModel): GoldenModel => {
    if (!("like" in model)) return model;
    const base = whole(recorded.models[model.like]!);
    const files = Object.entries({ ...base.files, ...model.files });
    return { ...base, files: Object.fromEntries(files.filter(([, file]) => file !== null)) };
  };
  const pixels = (file: string) => read(new URL(file, folder));
  const models = Object.entries(recorded.models).map(([id, model]) => [id, whole(model)] as const);
  return {
    models: Object.fromEntries(models),
    cases: recorded.cases,
    guidance: recorded.guidance ?? [],
    nets: recorded.nets ?? {},
    request: (name) => withPictures(recorded.cases[name]!.request, pixels),
    difference: async (drawn, file) => difference(drawn, await pixels(file)),
    pixels,
  };
}

async function withPictures(
  request: ImageRequest,
  pixels: (file: string) => Promise<Pixels>,
): Promise<ImageRequest> {
  const { image, mask, control } = request;
  return {
    ...request,
    ...(image && { image: await pixels(String(image)) }),
    ...(mask && { mask: await pixels(String(mask)) }),
    ...(control && {
      control: await Promise.all(
        control.map(async (each) => ({ ...each, image: await pixels(String(each.image)) })),
      ),
    }),
  };
}

/** Stable Diffusion 1, 2 and Turbo, and Latent Consistency Models. */
export const stableDiffusion: GoldenPictures = readPictures("pictures");
export const { models, cases } = stableDiffusion;
export const guidanceEmbeddings: readonly GuidanceEmbedding[] = stableDiffusion.guidance;

export interface Difference {
  /** Mean and maximum over all values, which go from 0 to 255. */
  readonly mean: number;
  readonly max: number;
}

async function read(file: URL): Promise<Pixels> {
  const picture = sharp(readFileSync(file)).removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}

function difference({ rgb, width, height }: Pixels, recorded: Pixels): Difference {
  if (recorded.width !== width || recorded.height !== height) {
    return { mean: Infinity, max: Infinity };
  }
  const differences = rgb.map((value, i) => Math.abs(value - recorded.rgb[i]!));
  const sum = differences.reduce((total, value) => total + value, 0);
  const max = differences.reduce((most, value) => Math.max(most, value), 0);
  return { mean: sum / differences.length, max };
}
