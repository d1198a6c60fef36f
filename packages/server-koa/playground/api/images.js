// @ts-check
import { ApiError, ServerGone } from "./errors.js";
import { formOf } from "./form.js";
import { post } from "./request.js";
import { serverEvents } from "./server-events.js";

/**
 * The fields of `POST /v1/images/generations` and `/v1/images/edits`. The model has defaults for fields that are left out.
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
 * @property {number} [strength] How far the picture is drawn anew, above 0 up to 1.
 * @property {number} [mask_blur] In pixels.
 * @property {number} [padding_mask_crop] In pixels.
 * @property {string} [controlnet] The ControlNet that `control_image` is for.
 * @property {number} [controlnet_conditioning_scale]
 * @property {"canny"} [control_preprocess]
 * @property {{ scale: number }} [hires] A second pass over the picture, enlarged by `scale`.
 * @property {number} [upscale]
 */

/**
 * The pictures that go with a request, by their fields.
 * @typedef {object} ImageFiles
 * @property {File} [image] The picture to draw over.
 * @property {File} [mask] A PNG of the upright picture's size. What is transparent in it is drawn anew.
 * @property {File} [control_image]
 */

/**
 * @typedef {{ type: "state", state: "loading" | "queued" | "running", position?: number }
 *   | { type: "progress", done: number, total: number }
 *   | PreviewEvent
 *   | CompletedEvent
 * } ImageEvent
 * @typedef {{ type: `${EventName}.partial_image`, b64_json: string, size: string, output_format?: string }} PreviewEvent
 * @typedef {{ type: `${EventName}.completed`, b64_json: string, size: string, seed: number, output_format?: string, warnings?: string[] }} CompletedEvent
 * @typedef {"image_generation" | "image_edit"} EventName The second from endpoints that draw over a picture.
 */

export const imagesPath = "v1/images/generations";
export const editsPath = "v1/images/edits";

/** The task of the endpoint that enlarges a picture, its `image`. */
export const upscaleTask = "image-upscale";

/** The endpoints that draw over a picture. */
export const picturePaths = [editsPath, "v1/images/variations", "v1/images/inpainting"];

/**
 * The endpoint for a request with these pictures.
 * @param {Partial<Record<keyof ImageFiles, unknown>>} files
 */
export function pathFor({ image }) {
  return image === undefined ? imagesPath : editsPath;
}

/**
 * The request as it is sent: it asks for events and three previews.
 * @param {ImageRequest} request
 */
export function streamed(request) {
  return { ...request, stream: true, partial_images: 3 };
}

/**
 * @param {ImageEvent} event
 * @returns {event is PreviewEvent}
 */
export function isPreview(event) {
  return event.type.endsWith(".partial_image");
}

/**
 * @param {ImageEvent} event
 * @returns {event is CompletedEvent}
 */
export function isCompleted(event) {
  return event.type.endsWith(".completed");
}

/**
 * Draws pictures, over another one where there is an `image`. Yields their place in the queue, their steps, their previews and at
 * last the `n` pictures. Rejects with `ServerGone` when the stream ends before these.
 * @param {ImageRequest} request
 * @param {ImageFiles} files A request with any is sent as a form, else as JSON.
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<ImageEvent>}
 */
export async function* draw(request, files, signal) {
  let left = request.n ?? 1;
  const fields = streamed(request);
  const body = Object.keys(files).length > 0 ? formOf(fields, files) : fields;
  const reply = await post(pathFor(files), body, signal);
  for await (const { event, data } of serverEvents(reply)) {
    if (event === "error") throw new ApiError(data.error);
    yield data;
    if (isCompleted(data)) left--;
    if (left === 0) return;
  }
  throw new ServerGone();
}
