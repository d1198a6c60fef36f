import { bodyEncodings } from "../body/inflater.ts";
import type { BodyLimits } from "../body/read-body.ts";
import { shown } from "../milliseconds.ts";

const numbers = ["json", "form", "all", "ratio"] as const;

/** TypeError for a bound of bodies that is none. */
export function checkBodyLimits(limits: BodyLimits): void {
  for (const name of numbers) {
    const value = limits[name];
    if (value === undefined || value >= 0) continue;
    throw new TypeError(`limits.${name} must be a number, 0 or more, not ${shown(value)}.`);
  }
  const { encodings = [] } = limits;
  const isList =
    Array.isArray(encodings) && encodings.every((each) => bodyEncodings.includes(each));
  if (isList) return;
  throw new TypeError(
    `limits.encodings must be a list of ${bodyEncodings.join(", ")}, not ${JSON.stringify(encodings)}.`,
  );
}
