import { withKwargs } from "@kindred/core";
import type { BodySchema } from "@kindred/core";
import * as z from "zod";
import { documentsProblem, documentsSchema, illFormed } from "./documents.ts";
import type { SentDocument } from "./documents.ts";

/** The body of `POST /v1/rerank`; null means absent. */
export interface RerankBody {
  readonly model?: string | null | undefined;
  readonly query: string;
  readonly documents: readonly SentDocument[];
  readonly top_n?: number | null | undefined;
  readonly return_documents?: boolean | null | undefined;
  /** Xinference's. The reply always counts the tokens. */
  readonly return_len?: boolean | null | undefined;
  /** Cohere's, in its version 2. */
  readonly max_tokens_per_doc?: number | null | undefined;
  /** Cohere's, in its version 1. */
  readonly max_chunks_per_doc?: number | null | undefined;
  /** Cohere's, in its version 1. */
  readonly rank_fields?: readonly string[] | null | undefined;
  readonly prompt_name?: string | null | undefined;
  readonly truncate?: boolean | null | undefined;
}

const nameField = z.string().max(500).nullish();

const onlyText = 'may be ["text"] alone, since documents have no other field; leave it out';
const noChunks = "documents are not divided into chunks here; leave it out";

const fields = z.strictObject({
  model: nameField.describe("The id of a reranker. Default: the only one that is served."),
  query: z
    .string()
    .min(1, { error: "must not be an empty string" })
    .refine((query) => query.isWellFormed(), { error: illFormed })
    .describe("What the documents should answer."),
  documents: z
    .custom<readonly SentDocument[]>((documents) => !documentsProblem(documents), {
      error: ({ input }) => documentsProblem(input),
    })
    .meta(documentsSchema),
  top_n: z.int().min(1).nullish().describe("How many results to give. Default: all."),
  return_documents: z.boolean().nullish().describe("Repeats each document in its result."),
  return_len: z.boolean().nullish().describe("Tokens are always counted."),
  max_tokens_per_doc: z.int().min(1).nullish().describe("Tokens that are kept of a document."),
  max_chunks_per_doc: z
    .literal(1, { error: noChunks })
    .nullish()
    .describe("1 alone: documents are not divided."),
  rank_fields: z.tuple([z.literal("text", { error: onlyText })], { error: onlyText }).nullish(),
  prompt_name: nameField.describe("The prompt before the query, by a name that the model has."),
  truncate: z
    .boolean()
    .nullish()
    .describe("Cuts a query and a document that are too long together. Default: true."),
});

export const body: BodySchema<RerankBody> = withKwargs<RerankBody>(fields);
