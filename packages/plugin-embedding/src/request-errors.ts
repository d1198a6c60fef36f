import { KernelError, reached } from "@kindred/core";

/** Refuses more or fewer leading numbers than a vector has. */
export function wrongDimensions(dimensions: number, max: number): KernelError {
  return new KernelError(
    "INVALID_INPUT",
    `dimensions is ${dimensions}; the model's vectors have ${max}. Ask for 1 to ${max}.`,
    { param: "dimensions" },
  );
}

/** LangChain and LiteLLM know a text beyond the context by OpenAI's "This model's maximum context length is". */
export function tooManyTokens(index: number, length: number, max: number): KernelError {
  reached("input.tokens");
  return invalid(
    `input[${index}] has ${length} tokens, special tokens included. This model's maximum context length is ${max} tokens. Shorten it, send truncate: true, or launch the model with options: { truncate: true }.`,
  );
}

/** A text of which the limit leaves nothing but its prompt, for a pooling that leaves prompts out. */
export function onlyPrompt(index: number, max: number): KernelError {
  return invalid(
    `input[${index}] has no token beside its prompt among its first ${max}, and the model does not count prompts. Name no prompt.`,
  );
}

/** A limit that a request sets, and that leaves nothing of its texts. */
export function onlySpecialTokens(max: number, special: number): KernelError {
  return new KernelError(
    "INVALID_INPUT",
    `maxTokens is ${max}, and ${special} of them are special tokens, which leaves none of a text. Ask for ${special + 1} or more.`,
    { param: "maxTokens" },
  );
}

/** A token id that a client sent. */
export function unknownToken(index: number, id: number, vocabularySize: number): KernelError {
  return invalid(
    `input[${index}] has the token id ${id}; the model's ids are 0 to ${vocabularySize - 1}. Ids of another tokenizer stand for other words: send texts. LangChain's OpenAIEmbeddings does so with check_embedding_ctx_length=False.`,
  );
}

/** A token id that the tokenizer made of a text: not the client's fault. */
export function foreignToken(index: number, id: number, vocabularySize: number): KernelError {
  return new KernelError(
    "GRAPH_FAILED",
    `The tokenizer made the token id ${id} of input[${index}]; the model's ids are 0 to ${vocabularySize - 1}. Tokenizer and weights are of different models.`,
  );
}

function invalid(message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param: "input" });
}
