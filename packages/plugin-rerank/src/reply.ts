import type { ReplySchema } from "@kindred/core";
import * as z from "zod";

const count = z.int().min(0);

/** The reply of `POST /v1/rerank`, with the members of Jina's, Cohere's and Xinference's. */
export const reply: ReplySchema = z.object({
  id: z.string().describe("A UUID of this reply."),
  model: z.string().describe("The id of the model that answered."),
  results: z
    .array(
      z.object({
        index: count.describe("The document's place in the request."),
        relevance_score: z
          .number()
          .describe("The higher, the more the document answers the query."),
        document: z.object({ text: z.string() }).optional(),
      }),
    )
    .describe("The best first."),
  usage: z.object({ prompt_tokens: count, total_tokens: count }),
  meta: z.object({ tokens: z.object({ input_tokens: count, output_tokens: count }) }),
});
