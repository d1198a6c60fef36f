import { isKernelError, parseKeepAlive } from "@kindred/core";
import { z } from "zod";
import { parseSize } from "../size.ts";
import { UsageError } from "../usage-error.ts";
import type { Setting } from "./setting.ts";

type Form<T> = Pick<Setting<T>, "schema" | "form">;

/** A number, or the text of one: `${PORT}` in a file is a text. */
export function numeric(words: string, check: (value: number) => boolean): z.ZodType<number> {
  const number = z.number(words).refine(check, words);
  const text = z
    .string()
    .transform((each) => (each.trim() === "" ? Number.NaN : Number(each)))
    .pipe(number);
  return z.union([number, text], words);
}

export function amount(words: string, check: (value: number) => boolean): Form<number> {
  return { schema: numeric(words, check), form: "text" };
}

export const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

export const count: Form<number> = amount("a whole number, 1 or more", isCount);

/** The most that a timer of Node's can count, in seconds. */
const maxSeconds = Math.floor((2 ** 31 - 1) / 1000);

export const seconds: Form<number> = amount(
  `a number of seconds above 0 and at most ${maxSeconds}`,
  (value) => value > 0 && value <= maxSeconds,
);

export const size: Form<number> = {
  schema: parsed("a size such as 8GB or 512MiB", (value) => parseSize("size", String(value))),
  form: "text",
};

const keepAliveWords = 'seconds such as 300, a duration such as "5m", or -1 for ever';

/** Seconds; for ever is `Infinity`. */
export const keepAliveSchema: z.ZodType<number> = parsed(keepAliveWords, (value) =>
  parseKeepAlive(value),
);

export const keepAlive: Form<number> = { schema: keepAliveSchema, form: "text" };

export function text(words: string, check: (value: string) => boolean = isSome): Form<string> {
  return { schema: textSchema(words, check), form: "text" };
}

export function texts(
  words: string,
  check: (value: string) => boolean = isSome,
): Form<readonly string[]> {
  return { schema: z.array(textSchema(words, check), `a list of ${words}`), form: "list" };
}

const isSome = (value: string): boolean => value !== "";

function textSchema(words: string, check: (value: string) => boolean): z.ZodType<string> {
  return z.string(words).refine(check, words);
}

export function choice<const T extends string>(...values: readonly T[]): Form<T> {
  const last = values.at(-1)!;
  const words = `${values.slice(0, -1).join(", ")} or ${last}`;
  return { schema: z.enum(values, words), form: "text" };
}

export const toggle: Form<boolean> = {
  schema: z.union(
    [z.boolean(), z.enum(["true", "false"]).transform((each) => each === "true")],
    "true or false",
  ),
  form: "switch",
};

/** What a parser of the command line makes of a number or a text. */
function parsed(words: string, parse: (value: number | string) => number): z.ZodType<number> {
  return z.union([z.number(), z.string()], words).transform((value, context) => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof UsageError) && !isKernelError(error)) throw error;
      context.issues.push({ code: "custom", message: words, input: value });
      return z.NEVER;
    }
  });
}
