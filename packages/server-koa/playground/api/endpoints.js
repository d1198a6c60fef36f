// @ts-check
import { formOf } from "./form.js";
import { getJson, jsonOf, post } from "./request.js";

/**
 * One route of `GET /v1/endpoints`.
 * @typedef {object} Endpoint
 * @property {string} path Below the prefix: "/v1/rerank".
 * @property {string} task
 * @property {string | null} text The field that a bare text fills.
 * @property {JsonSchema | null} body null when the endpoint cannot tell.
 */

/**
 * A part of a JSON Schema, as far as a form understands it.
 * @typedef {object} JsonSchema
 * @property {string | string[]} [type]
 * @property {string} [title]
 * @property {string} [description]
 * @property {unknown} [default]
 * @property {unknown[]} [examples]
 * @property {unknown[]} [enum]
 * @property {unknown} [const]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {string} [contentEncoding]
 * @property {string} [format]
 * @property {string} [$ref]
 * @property {JsonSchema[]} [anyOf]
 * @property {JsonSchema[]} [oneOf]
 * @property {JsonSchema} [items]
 * @property {Record<string, JsonSchema>} [properties]
 * @property {string[]} [required]
 * @property {Record<string, JsonSchema>} [$defs]
 */

/** @returns {Promise<Endpoint[]>} */
export async function listEndpoints() {
  const { data } = await getJson("v1/endpoints");
  return data;
}

/**
 * The URL of an endpoint, relative to the page.
 * @param {Endpoint} endpoint
 */
export function pathOf({ path }) {
  return path.slice(1);
}

/**
 * Asks an endpoint. Resolves to its reply: what its JSON stands for, or a text.
 * @param {Endpoint} endpoint
 * @param {Record<string, unknown>} body
 * @param {Record<string, File>} files By their fields. A request with any is sent as a form, else as JSON.
 * @param {AbortSignal} signal
 * @returns {Promise<unknown>}
 */
export async function ask(endpoint, body, files, signal) {
  const sent = Object.keys(files).length > 0 ? formOf(body, files) : body;
  const reply = await post(pathOf(endpoint), sent, signal);
  const isJson = reply.headers.get("content-type")?.includes("json");
  return isJson ? jsonOf(reply) : reply.text();
}
