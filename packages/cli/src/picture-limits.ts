import type { DiffusionLimits } from "@kindred/plugin-diffusion";
import { UsageError } from "./usage.ts";

/** The options' names, for `parseArguments`. */
export const pictureLimitOptions = {
  "max-side": { type: "string" },
  "max-pixel-steps": { type: "string" },
  "max-upload-pixels": { type: "string" },
  "max-upload-bytes": { type: "string" },
  "max-upscaled-pixels": { type: "string" },
} as const;

type Values = { readonly [Name in keyof typeof pictureLimitOptions]?: string | undefined };

/** The limits of these options. Default: each model's own, and the plugin's for uploads and enlarged pictures. */
export function parsePictureLimits(values: Values): Partial<DiffusionLimits> {
  return {
    ...limit("maxSide", "max-side", values),
    ...limit("maxPixelSteps", "max-pixel-steps", values),
    ...limit("maxUploadPixels", "max-upload-pixels", values),
    ...limit("maxUploadBytes", "max-upload-bytes", values),
    ...limit("maxUpscaledPixels", "max-upscaled-pixels", values),
  };
}

function limit(name: keyof DiffusionLimits, option: keyof Values, values: Values): object {
  const text = values[option];
  if (text === undefined) return {};
  if (text !== "" && Number(text) > 0) return { [name]: Number(text) };
  throw new UsageError(`--${option} must be a number above 0, such as 2048 or 1e9, not "${text}".`);
}
