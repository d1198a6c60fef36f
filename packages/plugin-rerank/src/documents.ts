import { isJsonObject, reached } from "@kindred/core";

/** A document as it is sent: a text, or an object that holds one, as Cohere and Jina take it. */
export type SentDocument = string | { readonly text: string };

/** Documents of one request, as Cohere limits them. */
const maxDocuments = 10_000;

/** The JSON Schema of `documents`. */
export const documentsSchema: Readonly<Record<string, unknown>> = {
  type: "array",
  minItems: 1,
  maxItems: maxDocuments,
  items: {
    anyOf: [
      { type: "string" },
      {
        type: "object",
        properties: { text: { type: "string" } },
        required: ["text"],
        additionalProperties: false,
      },
    ],
  },
};

/** A predicate of a text. */
export const illFormed = "must be well-formed Unicode, and half of a surrogate pair is in it";

/**
 * Says what is wrong with the documents of a request, as a predicate of "documents"; undefined when nothing is. It loops by itself, since
 * Zod takes 0.26 s to refuse ten thousand.
 */
export function documentsProblem(documents: unknown): string | undefined {
  if (!Array.isArray(documents)) return "must be an array of texts";
  if (documents.length === 0) return "must not be an empty array";
  if (documents.length > maxDocuments) {
    reached("documents.items");
    return `may have ${maxDocuments} items at most, this has ${documents.length}`;
  }
  for (const [at, document] of documents.entries()) {
    const problem = documentProblem(document);
    if (problem !== undefined) return `${problem}: documents[${at}]`;
  }
  return undefined;
}

function documentProblem(document: unknown): string | undefined {
  if (typeof document === "string") return textProblem(document);
  if (!isJsonObject(document)) return "must have texts, or objects with a text, and one is neither";
  if (typeof document["text"] !== "string")
    return "must have a text in each object, and one has none";
  const other = Object.keys(document).find((key) => key !== "text");
  if (other === undefined) return textProblem(document["text"]);
  return `are ranked by their text alone, and one has the field ${JSON.stringify(other.slice(0, 60))} beside it`;
}

function textProblem(text: string): string | undefined {
  return text.isWellFormed() ? undefined : illFormed;
}

export function textOf(document: SentDocument): string {
  return typeof document === "string" ? document : document.text;
}
