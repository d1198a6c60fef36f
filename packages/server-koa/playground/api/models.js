// @ts-check
import { get } from "./request.js";

/**
 * What `GET /v1/models` says of one.
 * @typedef {object} Model
 * @property {string} id
 * @property {string | null} model_type "image", "embedding", or another plugin's; null while unknown.
 * @property {"loading" | "ready" | "failed"} state "ready" may still open its graphs at the first request.
 * @property {string} [reason] Why it failed.
 * @property {string} [family]
 * @property {string} [device]
 * @property {number} [waiting] Requests in its queue.
 * @property {{ leased: number, needed: number }} [memory] In bytes.
 * @property {Graph[]} [graphs]
 * @property {string} [size] Of images: what a silent request gets.
 * @property {string} [drawn_size] Of images: the only size that is drawn, others being made of it.
 * @property {string[]} [samplers]
 * @property {{ num_inference_steps: number, guidance_scale: number }} [defaults]
 * @property {number} [dimensions] Of embeddings.
 * @property {number} [max_tokens]
 * @property {string[]} [prompts]
 */

/**
 * @typedef {object} Graph
 * @property {string} name
 * @property {boolean} open
 * @property {number} bytes Its weights.
 * @property {number} workspaceBytes Activations of its largest run so far.
 */

/** @returns {Promise<Model[]>} */
export async function listModels() {
  const { data } = await (await get("v1/models")).json();
  return data;
}
