import { KernelError, reached } from "@kindred/core";

/** A query or a document that is too long to be read at all. */
export function tooManyCharacters(name: string, length: number, max: number): KernelError {
  reached("input.characters");
  return new KernelError(
    "INVALID_INPUT",
    `${name} has ${length} characters; ${max} are read at most. Shorten it.`,
    { param: name },
  );
}

export function noDocuments(): KernelError {
  const message = "There is no document. Send at least one.";
  return new KernelError("INVALID_INPUT", message, { param: "documents" });
}

/** A field that is to be a whole number from 1 on. */
export function noCount(param: string, value: number): KernelError {
  const message = `${param} is ${value}; it must be a whole number from 1 on.`;
  return new KernelError("INVALID_INPUT", message, { param });
}

/** Pairs that are too many tokens together. */
export function tooMuch(documents: number, tokens: number, max: number): KernelError {
  reached("documents.tokens");
  return new KernelError(
    "INVALID_INPUT",
    `The ${documents} documents, each with the query, have ${tokens} tokens; ${max} are ranked at once. Send them in parts.`,
    { param: "documents" },
  );
}

/** A document that does not fit beside the query, for a request that does not let it be cut. */
export function tooManyTokens(index: number, length: number, max: number): KernelError {
  const param = `documents[${index}]`;
  reached("input.tokens");
  return new KernelError(
    "INVALID_INPUT",
    `${param} and the query have ${length} tokens, special tokens included. This model's maximum context length is ${max} tokens of both. Shorten them, or send truncate: true.`,
    { param },
  );
}

/** A token id that the tokenizer made of a text: not the client's fault. */
export function foreignToken(index: number, id: number, vocabularySize: number): KernelError {
  return new KernelError(
    "GRAPH_FAILED",
    `The tokenizer made the token id ${id} of documents[${index}] and the query; the model's ids are 0 to ${vocabularySize - 1}. Tokenizer and weights are of different models.`,
  );
}
