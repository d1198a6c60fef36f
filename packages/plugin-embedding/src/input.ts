/** `input` of an embeddings request: a text, texts, a text's token ids, or lists of those. */
export type Input = string | readonly string[] | readonly number[] | readonly (readonly number[])[];

const most = 2048;

/** What is wrong with an input, by OpenAI's rules; undefined when nothing is. Plain loops, since a schema takes long over a million ids. */
export function inputProblem(input: unknown): string | undefined {
  if (typeof input === "string") return textProblem(input);
  if (!Array.isArray(input)) return "must be a string, strings, token ids or lists of token ids";
  if (input.length === 0) return "must not be an empty array";
  if (input.length > most) return `may have ${most} items at most, this has ${input.length}`;
  if (typeof input[0] === "string") return textsProblem(input);
  return Array.isArray(input[0]) ? listsProblem(input) : idsProblem(input, "input");
}

function textProblem(text: string): string | undefined {
  if (text === "") return "must not be an empty string";
  return text.isWellFormed()
    ? undefined
    : "must be well-formed Unicode, it has half of a surrogate pair";
}

function textsProblem(texts: readonly unknown[]): string | undefined {
  const at = texts.findIndex((text) => typeof text !== "string" || textProblem(text));
  if (at < 0) return undefined;
  if (texts[at] === "") return `must not have empty strings, input[${at}] is one`;
  return typeof texts[at] === "string"
    ? `must be well-formed Unicode, half of a surrogate pair is in input[${at}]`
    : `must have one kind of items, input[${at}] is not a string`;
}

function listsProblem(lists: readonly unknown[]): string | undefined {
  for (const [at, ids] of lists.entries()) {
    if (!Array.isArray(ids)) return `must have one kind of items, input[${at}] is not an array`;
    if (ids.length === 0) return `must not have empty arrays, input[${at}] is one`;
    const problem = idsProblem(ids, `input[${at}]`);
    if (problem) return problem;
  }
  return undefined;
}

function idsProblem(ids: readonly unknown[], name: string): string | undefined {
  const at = ids.findIndex((id) => !Number.isSafeInteger(id) || (id as number) < 0);
  if (at < 0) return undefined;
  const found = typeof ids[at] === "number" ? `is ${ids[at]}` : `is no number`;
  return `must have token ids that are whole and not negative, ${name}[${at}] ${found}`;
}
