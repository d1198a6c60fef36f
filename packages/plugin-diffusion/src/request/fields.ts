import { shorten } from "@kindred/core";
import * as z from "zod";
import { sizeOf } from "./size.ts";

const maxSteps = 1000;
const maxGuidance = 100;
const maxInterval = 1000;

/** Fields that a request and a launch share. */
export const stepsField: z.ZodNumber = z.int().min(1).max(maxSteps);
export const guidanceField: z.ZodNumber = z.number().min(0).max(maxGuidance);
/** Calls of the denoiser from one that runs the whole of it to the next. */
export const intervalField: z.ZodNumber = z.int().min(1).max(maxInterval);

/** What a launch calls a ControlNet. */
export const controlNameField: z.ZodString = z
  .string()
  .regex(/^[a-z0-9][\w.-]{0,99}$/i, "must be a name of letters, digits, dots, - and _");

/** Says why a launch could not call a ControlNet so. undefined when it can. */
export function controlNameFault(name: string): string | undefined {
  return controlNameField.safeParse(name).error?.issues[0]?.message;
}

/** `auto`, `512x768` or `512*768`, in pixels. The model checks the divisor of the sides. */
export const sizeField: z.ZodType<string> = z
  .string()
  .refine((text) => text === "auto" || sizeOf(text) !== undefined, {
    error: ({ input }) =>
      `"${shorten(String(input), 40)}" is not a size. Send "auto", or width and height as in "512x512"`,
  });
