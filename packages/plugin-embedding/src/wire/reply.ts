import type { ReplySchema } from "@kindred/core";
import * as z from "zod";

const numbers = z.array(z.number());
const base64 = z.base64().describe("The bytes of float32 numbers, little-endian.");
const vector = z.union([numbers, base64]);
const tokenVectors = z.array(vector).describe("A vector for each token.");
const weights = z
  .record(z.string(), z.number())
  .describe("A weight for each token that has one, by its id.");

/** The reply of `POST /v1/embeddings`: the members of OpenAI's, and kinds of embeddings that it does not have. */
export const reply: ReplySchema = z.object({
  object: z.literal("list"),
  data: z
    .array(
      z.object({
        object: z.enum(["embedding", "sparse_embedding", "colbert_embedding"]),
        index: z.int().min(0).describe("The input's place among the inputs."),
        embedding: z
          .union([numbers, base64, weights, tokenVectors])
          .optional()
          .describe("The dense vector, or the only kind that was asked for."),
        sparse_embedding: weights.optional(),
        colbert_embedding: tokenVectors.optional(),
      }),
    )
    .describe("An item for each input, in order."),
  model: z.string().describe("The id of the model that answered."),
  usage: z.object({
    prompt_tokens: z.int().min(0).describe("The tokens of all inputs, prompts included."),
    total_tokens: z.int().min(0),
  }),
});
