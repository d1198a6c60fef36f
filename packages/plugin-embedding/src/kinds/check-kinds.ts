import { KernelError } from "@kindred/core";
import type { EmbeddingRequest } from "../task.ts";
import type { EmbeddingKind } from "./embedding-kind.ts";
import type { TokenHeads } from "./token-heads.ts";

/** Numbers of one reply's token vectors: 64 MB in float32, 16,384 tokens of 1,024 numbers. */
const maxNumbers = 16_777_216;

/** The kinds of a model with these heads. */
export function kindsOf({ sparse, colbert }: TokenHeads): readonly EmbeddingKind[] {
  return [
    "dense",
    ...(sparse ? ["sparse" as const] : []),
    ...(colbert ? ["colbert" as const] : []),
  ];
}

/** Refuses kinds that a model has not, UNSUPPORTED; none, and what is asked of a dense vector where none is, INVALID_INPUT. */
export function checkKinds(
  { kinds = ["dense"], dimensions, outputType }: EmbeddingRequest,
  heads: TokenHeads,
): void {
  const has = kindsOf(heads);
  if (kinds.length === 0) throw nothingAsked(has);
  const missing = kinds.find((kind) => !has.includes(kind));
  if (missing !== undefined) throw withoutHead(missing, has);
  if (kinds.includes("dense")) return;
  const param = dimensions !== undefined ? "dimensions" : "outputType";
  if (dimensions === undefined && outputType === undefined) return;
  const message = `Dimensions and types of numbers are those of dense vectors, and the request asks for ${kinds.join(" and ")} alone. Leave them out, or ask for dense, too.`;
  throw new KernelError("INVALID_INPUT", message, { param });
}

/** Refuses texts whose tokens' vectors would make too large a reply. */
export function checkNumbers(tokens: number, width: number): void {
  const numbers = tokens * width;
  if (numbers <= maxNumbers) return;
  throw new KernelError(
    "INVALID_INPUT",
    `colbert has a vector of ${width} numbers for each token, ${numbers} for the ${tokens} tokens of this request; ${maxNumbers} are given at most. Send the texts in several requests.`,
    { param: "kinds" },
  );
}

function nothingAsked(has: readonly EmbeddingKind[]): KernelError {
  const message = `The request asks for no kind of embeddings. Leave kinds out, or name some of ${has.join(", ")}.`;
  return new KernelError("INVALID_INPUT", message, { param: "kinds" });
}

function withoutHead(kind: EmbeddingKind, has: readonly EmbeddingKind[]): KernelError {
  const message = `The model has no ${kind} embeddings, but ${has.join(" and ")}. A model of M3 has them, with ${kind}_linear.pt in its folder, and over weights, not as an ONNX export.`;
  return new KernelError("UNSUPPORTED", message, { param: "kinds" });
}
