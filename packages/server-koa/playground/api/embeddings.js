// @ts-check
import { jsonOf, post } from "./request.js";

/**
 * The body of `POST /v1/embeddings`.
 * @typedef {object} EmbeddingsRequest
 * @property {string} [model]
 * @property {string[]} input
 * @property {string} [prompt_name]
 * @property {boolean} [truncate]
 */

export const embeddingsPath = "v1/embeddings";

/**
 * Embeds texts. Resolves to a vector for each, in their order, and the number of tokens.
 * @param {EmbeddingsRequest} request
 * @param {AbortSignal} signal
 * @returns {Promise<{ vectors: number[][], tokens: number, warnings: string[] }>}
 */
export async function embed(request, signal) {
  const reply = await post(embeddingsPath, request, signal);
  const { data, usage, warnings = [] } = await jsonOf(reply);
  return {
    vectors: data.map((/** @type {{ embedding: number[] }} */ { embedding }) => embedding),
    tokens: usage.prompt_tokens,
    warnings,
  };
}
