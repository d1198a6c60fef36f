// @ts-check
import { shownSize } from "../shown-size.js";
/** @import { CompletedEvent, ImageFiles, ImageRequest } from "../api/images.js" */
/** @import { Model } from "../api/models.js" */

/** @typedef {Pick<Model, "id" | "size" | "defaults">} Drawer The facts of a model that a picture's words need. */

/** @typedef {Partial<Record<keyof ImageFiles, string>>} FileNames The names of the pictures that go with a request. */

/**
 * A drawn picture, its model, its request and the pictures that went with it.
 * @typedef {object} Picture
 * @property {Blob} file
 * @property {string} url Of the file, until it is revoked.
 * @property {ImageRequest} request As it was sent.
 * @property {ImageFiles} [files] As they were sent.
 * @property {Drawer} model
 * @property {string} size
 * @property {number} seed The seed that was used.
 * @property {string[]} warnings
 * @property {number} [key] In the album that keeps it.
 */

/**
 * @param {{ b64_json: string, output_format?: string }} event
 */
export function urlOf({ b64_json, output_format = "png" }) {
  return `data:image/${output_format};base64,${b64_json}`;
}

/**
 * The picture that a stream ends with.
 * @param {CompletedEvent} event
 * @param {{ request: ImageRequest, files: ImageFiles, model: Model }} drawing
 * @returns {Picture}
 */
export function pictureOf(event, { request, files, model: { id, size: own, defaults } }) {
  const { b64_json, output_format = "png", size, seed, warnings = [] } = event;
  const bytes = Uint8Array.from(atob(b64_json), (character) => character.charCodeAt(0));
  const file = new Blob([bytes], { type: `image/${output_format}` });
  const model = { id, ...(own && { size: own }), ...(defaults && { defaults }) };
  return { file, url: URL.createObjectURL(file), request, files, model, size, seed, warnings };
}

/**
 * The model and settings of a picture, in words.
 * @param {Picture} picture
 */
export function factsOf({ request, files, model, size, seed }) {
  const settings = settingsOf({ ...request, n: 1, size, seed }, model, namesOf(files));
  return [model.id, ...settings, ...originsOf(files)];
}

/**
 * The pictures that went with a request, in words.
 * @param {ImageFiles} [files]
 */
function originsOf({ image, mask, control_image: control } = {}) {
  return [
    image && `over ${image.name}${mask ? ", within a mask" : ""}`,
    control && `controlled by ${control.name}`,
  ].filter((words) => words !== undefined);
}

/**
 * @param {ImageFiles} [files]
 * @returns {FileNames}
 */
export function namesOf(files = {}) {
  return Object.fromEntries(Object.entries(files).map(([field, { name }]) => [field, name]));
}

/**
 * Whether a request has its size from a picture that goes with it.
 * @param {FileNames} files
 */
export function startsFromPicture({ image, control_image: control }) {
  return image !== undefined || control !== undefined;
}

/**
 * The bytes that an album keeps for a picture.
 * @param {Pick<Picture, "file" | "files">} picture
 */
export function bytesOf({ file, files = {} }) {
  return [file, ...Object.values(files)].reduce((sum, { size }) => sum + size, 0);
}

/**
 * The model and settings of the pictures of one request, in words.
 * @param {Picture[]} pictures
 */
export function factsOfAll(pictures) {
  const [first] = pictures;
  if (!first) return [];
  const seeds = `seeds ${pictures.map(({ seed }) => seed).join(", ")}`;
  const facts = factsOf(first);
  if (pictures.length === 1) return facts;
  return facts.map((fact) => (fact === `seed ${first.seed}` ? seeds : fact));
}

/**
 * A request's settings in words, with the model's defaults for those it leaves out.
 * @param {Partial<ImageRequest>} request
 * @param {Drawer | undefined} model
 * @param {FileNames} files Of the pictures that go with it.
 */
export function settingsOf(request, model, files) {
  const { size = startsFromPicture(files) ? undefined : model?.size, n = 1, seed } = request;
  const { sampler_name: sampler, negative_prompt: negative, strength, hires, upscale } = request;
  const { num_inference_steps: steps, guidance_scale: guidance } = {
    ...model?.defaults,
    ...request,
  };
  return [
    n > 1 && `${n} pictures`,
    size && shownSize(size),
    steps && `${steps} ${steps === 1 ? "step" : "steps"}`,
    guidance !== undefined && `guidance ${guidance}`,
    sampler,
    seed === undefined ? "random seed" : `seed ${seed}`,
    negative && `away from “${negative}”`,
    strength !== undefined && `strength ${strength}`,
    hires !== undefined && `second pass at ${hires.scale} times`,
    upscale !== undefined && `enlarged ${upscale} times`,
  ].filter((words) => typeof words === "string");
}

/**
 * The request that draws the same picture again, alone.
 * @param {Picture} picture
 * @returns {ImageRequest}
 */
export function again({ request, model, seed }) {
  const { n: _, ...alone } = request;
  return { ...alone, model: model.id, seed };
}

/** @param {Picture} picture */
export function fileNameOf({ request, seed, file }) {
  const words = request.prompt.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["picture"];
  return `${words.join("-").slice(0, 60)}-${seed}.${file.type.split("/")[1]}`;
}
