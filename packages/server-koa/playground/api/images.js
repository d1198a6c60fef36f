// @ts-check
import { ApiError, post } from "./request.js";
import { serverEvents } from "./server-events.js";

/**
 * What `POST /v1/images/generations` takes. What is left out is the model's to decide.
 * @typedef {object} ImageRequest
 * @property {string} [model]
 * @property {string} prompt
 * @property {string} [negative_prompt]
 * @property {string} [size]
 * @property {number} [num_inference_steps]
 * @property {number} [guidance_scale]
 * @property {number} [seed]
 * @property {string} [sampler_name]
 */

/**
 * @typedef {{ type: "state", state: "loading" | "queued" | "running", position?: number }
 *   | { type: "progress", done: number, total: number }
 *   | { type: "image_generation.partial_image", b64_json: string, size: string }
 *   | { type: "image_generation.completed", b64_json: string, size: string, seed: number, warnings?: string[] }
 * } ImageEvent
 */

export const imagesPath = "v1/images/generations";

/**
 * The request as it is sent: events as they come, and three previews.
 * @param {ImageRequest} request
 */
export function streamed(request) {
  return { ...request, stream: true, partial_images: 3 };
}

/**
 * Draws one picture: places in the queue, steps, previews, and the picture itself at the end.
 * @param {ImageRequest} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<ImageEvent>}
 */
export async function* draw(request, signal) {
  const reply = await post(imagesPath, streamed(request), signal);
  for await (const { event, data } of serverEvents(reply)) {
    if (event === "error") throw new ApiError(data.error);
    yield data;
    if (event === "image_generation.completed") return;
  }
  throw new ApiError({ message: "The server broke off before the picture was done." });
}
