// @ts-check
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
 * Asks an endpoint. Resolves to its reply as text: JSON, indented, or what else it is.
 * @param {Endpoint} endpoint
 * @param {unknown} body
 * @param {AbortSignal} signal
 */
export async function ask(endpoint, body, signal) {
  const reply = await post(pathOf(endpoint), body, signal);
  const isJson = reply.headers.get("content-type")?.includes("json");
  return isJson ? JSON.stringify(await jsonOf(reply), null, 2) : reply.text();
}
