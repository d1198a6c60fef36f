import * as z from "zod";
import { guidanceField, sizeField, stepsField } from "./fields.ts";

/** The options of a launch: `kindred serve --option sd.steps=25`. */
export interface DiffusionOptions {
  /** The variant of each component's weights, such as "fp16". Default: the plain files, or "fp16" where there are none. */
  readonly variant?: string | undefined;
  /** Values of fields that a request omits. Default: the checkpoint's. */
  readonly steps?: number | undefined;
  readonly guidance?: number | undefined;
  /** The size of pictures whose request names none, as "512x768". Default: the size that the denoiser was trained at. */
  readonly size?: string | undefined;
  /** Draws as many pixels as the denoiser was trained at, and resizes to the size asked for. Default false. */
  readonly enlarge?: boolean | undefined;
}

export const launchOptions: z.ZodType<DiffusionOptions> = z.strictObject({
  variant: z.string().regex(/^\w+$/).optional(),
  steps: stepsField.optional(),
  guidance: guidanceField.optional(),
  size: sizeField.optional(),
  enlarge: z.boolean().optional(),
});
