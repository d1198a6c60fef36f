// @ts-check
import { shownSize } from "../shown-size.js";
/** @import { ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */

/**
 * A drawn picture, its model and its request.
 * @typedef {object} Picture
 * @property {string} url
 * @property {ImageRequest} request As it was sent.
 * @property {Model} model
 * @property {string} size
 * @property {number} seed The seed that was used.
 * @property {string[]} warnings
 */

/**
 * @param {{ b64_json: string, output_format?: string }} event
 */
export function urlOf({ b64_json, output_format = "png" }) {
  return `data:image/${output_format};base64,${b64_json}`;
}

/**
 * The model and settings of a picture, in words.
 * @param {Picture} picture
 */
export function factsOf({ request, model, size, seed }) {
  return [model.id, ...settingsOf({ ...request, size, seed }, model)];
}

/**
 * A request's settings in words, with the model's defaults for those it leaves out.
 * @param {Partial<ImageRequest>} request
 * @param {Model | undefined} model
 */
export function settingsOf(request, model) {
  const { size = model?.size, seed, sampler_name: sampler, negative_prompt: negative } = request;
  const { num_inference_steps: steps, guidance_scale: guidance } = {
    ...model?.defaults,
    ...request,
  };
  return [
    size && shownSize(size),
    steps && `${steps} ${steps === 1 ? "step" : "steps"}`,
    guidance !== undefined && `guidance ${guidance}`,
    sampler,
    seed === undefined ? "random seed" : `seed ${seed}`,
    negative && `away from “${negative}”`,
  ].filter((words) => typeof words === "string");
}

/**
 * The request that draws the same picture again.
 * @param {Picture} picture
 * @returns {ImageRequest}
 */
export function again({ request, model, seed }) {
  return { ...request, model: model.id, seed };
}

/** @param {Picture} picture */
export function fileNameOf({ request, seed, url }) {
  const words = request.prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["picture"];
  const [, format] = /^data:image\/(\w+)/.exec(url) ?? [];
  return `${words.join("-").slice(0, 60)}-${seed}.${format}`;
}
