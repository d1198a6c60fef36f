import * as z from "zod";
import type { UpscaleScale } from "../upscaling/scales.ts";
import type { Maybe } from "./maybe.ts";

/** Times that a picture's sides are enlarged. */
export const scaleField: z.ZodType<Maybe<UpscaleScale>> = z
  .literal([2, 4], "must be 2 or 4")
  .nullish();
