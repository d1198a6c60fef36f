import { KernelError } from "@kindred/core";
import type { ImageRequest, Settings, Size } from "../task.ts";

/** What a request that is silent means. */
export interface Defaults extends Size {
  readonly steps: number;
  readonly guidance: number;
}

/** A request with its blanks filled in. INVALID_INPUT where it asks for what no model can do. */
export function settingsOf(request: ImageRequest, defaults: Defaults): Settings {
  const settings = {
    prompt: request.prompt,
    negativePrompt: request.negativePrompt ?? "",
    width: request.width ?? defaults.width,
    height: request.height ?? defaults.height,
    steps: request.steps ?? defaults.steps,
    guidance: request.guidance ?? defaults.guidance,
    guidanceRescale: request.guidanceRescale ?? 0,
    sampler: request.sampler ?? "default",
    clipSkip: request.clipSkip ?? 0,
  };
  for (const side of ["width", "height"] as const) {
    const pixels = settings[side];
    if (Number.isInteger(pixels) && pixels > 0 && pixels % 8 === 0) continue;
    throw new KernelError(
      "INVALID_INPUT",
      `${side} is ${pixels}; it must be divisible by 8. ${nearest(pixels)}`.trim(),
      {
        param: side,
      },
    );
  }
  return settings;
}

function nearest(pixels: number): string {
  if (!(pixels > 0)) return "";
  const below = Math.max(8, Math.floor(pixels / 8) * 8);
  return `Ask for ${below} or ${below + 8}.`;
}
