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
  | "maxSequenceLength"
  | "deepcacheInterval";

/** Each field as a message names it. */
const words: Readonly<Record<OptionalField, string>> = {
  prompt2: "second prompt",
  prompt3: "third prompt",
  negativePrompt2: "second negative prompt",
  negativePrompt3: "third negative prompt",
  originalSize: "original size",
  crop: "crop",
  targetSize: "target size",
  negativeOriginalSize: "negative original size",
  negativeCrop: "negative crop",
  negativeTargetSize: "negative target size",
  maxSequenceLength: "length of a sequence",
  deepcacheInterval: "interval of DeepCache, which is for UNets",
};
const optionalFields = Object.keys(words) as readonly OptionalField[];

/** UNSUPPORTED on the first optional field of a request that is not among those that a model honours. */
export function refuseUnhonoured(request: ImageRequest, honoured: readonly OptionalField[]): void {
  const param = optionalFields.find(
    (field) => request[field] !== undefined && !honoured.includes(field),
  );
  if (param === undefined) return;
  const message = `This model takes no ${words[param]}. Leave it out.`;
  throw new KernelError("UNSUPPORTED", message, { param });
}

/** The optional fields that a request has. */
export function optionalsOf(request: ImageRequest): Pick<ImageRequest, OptionalField> {
  return Object.fromEntries(
    optionalFields.flatMap((field) =>
      request[field] === undefined ? [] : [[field, request[field]]],
    ),
  );
}
