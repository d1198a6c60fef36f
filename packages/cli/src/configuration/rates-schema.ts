import type { Rates } from "@kindred/server-koa";
import { z } from "zod";
import { isCount, numeric } from "./forms.ts";

const words = "a whole number, 1 or more, or Infinity";

/** `Infinity` lifts a limit; JSON has it as a text. */
export const rateSchema: z.ZodType<number> = z.union(
  [
    numeric(words, isCount),
    z.literal("Infinity").transform(() => Infinity),
    z.custom<number>((value) => value === Infinity, words).meta({ type: "number" }),
  ],
  words,
);
const rate = rateSchema.optional();

const shape = {
  requestsPerMinute: rate,
  tokensPerMinute: rate,
  picturesAtOnce: rate,
  picturesPerRequest: rate,
} satisfies Record<keyof Rates, z.ZodType>;

/** The rates of callers, by the names of their keys. */
export const ratesSchema: z.ZodType<Readonly<Record<string, Rates>>> = z.record(
  z.string(),
  z.strictObject(shape, "an object of limits"),
  "an object of limits by the names of keys",
) as z.ZodType<any>;

/** The names of what the rates of a caller have. */
export const rateMembers: readonly string[] = Object.keys(shape);
