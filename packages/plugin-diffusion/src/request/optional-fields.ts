import { KernelError } from "@kindred/core";
import type { ImageRequest } from "../task.ts";

/** Fields of a request that only some models honour. */
export type OptionalField =
  | "prompt2"
  | "prompt3"
  | "negativePrompt2"
  | "negativePrompt3"
  | "originalSize"
  | "crop"
  | "targetSize"
  | "negativeOriginalSize"
  | "negativeCrop"
  | "negativeTargetSize"
  | "maxSequenceLength";

const optionalFields: readonly OptionalField[] = [
  "prompt2",
  "prompt3",
  "negativePrompt2",
  "negativePrompt3",
  "originalSize",
  "crop",
  "targetSize",
  "negativeOriginalSize",
  "negativeCrop",
  "negativeTargetSize",
  "maxSequenceLength",
];

/** UNSUPPORTED on the first optional field of a request that is not among those that a model honours. */
export function refuseUnhonoured(request: ImageRequest, honoured: readonly OptionalField[]): void {
  const param = optionalFields.find(
    (field) => request[field] !== undefined && !honoured.includes(field),
  );
  if (param === undefined) return;
  throw new KernelError("UNSUPPORTED", "This model does not take this field. Leave it out.", {
    param,
  });
}

/** The optional fields that a request has. */
export function optionalsOf(request: ImageRequest): Pick<ImageRequest, OptionalField> {
  return Object.fromEntries(
    optionalFields.flatMap((field) =>
      request[field] === undefined ? [] : [[field, request[field]]],
    ),
  );
}
