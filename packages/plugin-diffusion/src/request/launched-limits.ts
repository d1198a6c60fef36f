import { KernelError } from "@kindred/core";
import type { Size } from "../task.ts";
import type { DiffusionOptions } from "./launch-options.ts";
import { excessOf, limitsOf } from "./limits.ts";
import type { PictureLimits } from "./limits.ts";
import type { Defaults } from "./settings.ts";

export interface LaunchedModel {
  readonly id: string;
  readonly native: Size;
  readonly defaults: Defaults;
  readonly options: DiffusionOptions;
  /** The longest side that its graphs can draw. Default: any. */
  readonly maxSide?: number | undefined;
}

/** The limits of a launched model, given the server's. LOAD_FAILED when its own defaults are beyond them. */
export function launchedLimits(
  { id, native, defaults, options, maxSide = Infinity }: LaunchedModel,
  server: Partial<PictureLimits>,
): PictureLimits {
  const launch = { maxSide: options.max_side, maxPixelSteps: options.max_pixel_steps };
  const stated = limitsOf([native, defaults], launch, server);
  const limits = { ...stated, maxSide: Math.min(stated.maxSide, maxSide) };
  const drawn = options.enlarge ? native : defaults;
  const excess = excessOf(id, limits, { ...defaults, drawn, count: 1 });
  if (!excess) return limits;
  throw new KernelError("LOAD_FAILED", `"${id}" has defaults beyond its limits: ${excess.message}`);
}
