import * as z from "zod";
import { maxHiresScale } from "../request/hires.ts";
import type { Hires } from "../task.ts";
import type { Maybe } from "./maybe.ts";

/** A second pass over the enlarged picture. */
export interface HiresField {
  /** Times the size, above 1 up to 4. */
  readonly scale: number;
  /** How far the enlarged picture is drawn anew, above 0 up to 1. */
  readonly strength?: Maybe<number>;
}

export const hiresField: z.ZodType<HiresField> = z.strictObject(
  {
    scale: z.number().gt(1).max(maxHiresScale),
    strength: z.number().gt(0).max(1).nullish(),
  },
  {
    error: ({ code }) =>
      code === "invalid_type" ? 'must be an object, as in {"scale": 2}' : undefined,
  },
);

/** What the field says of the second pass. */
export function hiresOf(hires: Maybe<HiresField>): Hires | undefined {
  return hires ? { scale: hires.scale, strength: hires.strength ?? undefined } : undefined;
}
