import { KernelError } from "@kindred/core";
import type { EmbeddingRequest } from "../task.ts";
import type { OutputType } from "./output-type.ts";
import { dimensionsOf } from "./ranges.ts";
import type { Ranges } from "./ranges.ts";

interface Vectors {
  /** Numbers in a vector that is given to a request which does not say how many. */
  readonly defaultDimensions: number;
  /** undefined when nothing says between which numbers they are. */
  readonly ranges: Ranges | undefined;
}

/** Refuses an output type that a request's vectors cannot have: UNSUPPORTED, or INVALID_INPUT that tells the numbers. */
export function checkOutputType(
  { outputType: type = "float", dimensions }: Pick<EmbeddingRequest, "outputType" | "dimensions">,
  { defaultDimensions, ranges }: Vectors,
): void {
  const asked = dimensions ?? defaultDimensions;
  const param = dimensions === undefined ? "outputType" : "dimensions";
  if (type === "binary" || type === "ubinary") {
    if (asked % 8 === 0) return;
    const message = `${type} has eight dimensions in a byte, and the vectors have ${asked}. Ask for a multiple of 8 as dimensions.`;
    throw new KernelError("INVALID_INPUT", message, { param });
  }
  if (type === "float") return;
  if (ranges === undefined) throw withoutRanges(type);
  const listed = dimensionsOf(ranges);
  if (listed === undefined || listed === asked) return;
  const message = `The launch has the ranges of ${listed} dimensions, and ${asked} are asked for in ${type}. Ask for ${listed}.`;
  throw new KernelError("INVALID_INPUT", message, { param });
}

function withoutRanges(type: OutputType): KernelError {
  return new KernelError(
    "UNSUPPORTED",
    `${type} divides a range, and the model's vectors are of any length, so that theirs is not known. Launch the model with options: { ranges: [low,high] }, or ask for float or binary.`,
    { param: "outputType" },
  );
}
