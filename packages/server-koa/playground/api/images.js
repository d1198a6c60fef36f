// @ts-check
import { ApiError, ServerGone } from "./errors.js";
import { post } from "./request.js";
import { serverEvents } from "./server-events.js";

/**
 * The body of `POST /v1/images/generations`. The model has defaults for fields that are left out.
 * @typedef {object} ImageRequest
 * @property {string} [model]
 * @property {string} prompt
 * @property {string} [negative_prompt]
 * @property {string} [size]
 * @property {number} [n]
 * @property {number} [num_inference_steps]
 * @property {number} [guidance_scale]
 * @property {number} [seed]
 * @property {string} [sampler_name]
 */

/**
 * @typedef {{ type: "state", state: "loading" | "queued" | "running", position?: number }
 *   | { type: "progress", done: number, total: number }
 *   | { type: "image_generation.partial_image", b64_json: string, size: string }
 *   | { type: "image_generation.completed", b64_json: string, size: string, seed: number, output_format?: string, warnings?: string[] }
 * } ImageEvent
 */

export const imagesPath = "v1/images/generations";

/** The endpoints that draw over a picture. */
export const overPicturePaths = ["v1/images/edits", "v1/images/variations", "v1/images/inpainting"];

/**
 * The request as it is sent: it asks for events and three previews.
 * @param {ImageRequest} request
 */
export function streamed(request) {
  return { ...request, stream: true, partial_images: 3 };
}

/**
 * Draws pictures. Yields their place in the queue, their steps, their previews and at last the `n` pictures. Rejects with
 * `ServerGone` when the stream ends before these.
 * @param {ImageRequest} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<ImageEvent>}
 */
export async function* draw(request, signal) {
  let left = request.n ?? 1;
  const reply = await post(imagesPath, streamed(request), signal);
  for await (const { event, data } of serverEvents(reply)) {
    if (event === "error") throw new ApiError(data.error);
    yield data;
    if (event === "image_generation.completed") left--;
    if (left === 0) return;
  }
  throw new ServerGone();
}
