// @ts-check
import { ApiError } from "./errors.js";
import { getJson, sendJson } from "./request.js";

/**
 * The body of `POST /v1/models`.
 * @typedef {object} LaunchRequest
 * @property {string} model_name
 * @property {string} [model_path] The folder to launch. Default: what the name stands for.
 * @property {string} [model_type] Its task. Default: any.
 * @property {string} [model_uid] Its id. Default: a free one that begins with the name.
 * @property {number} [keep_alive] Seconds; -1 for ever.
 */

/**
 * A model that can be launched by its name.
 * @typedef {object} Registration
 * @property {string} model_name
 * @property {string} model_type Its task.
 * @property {boolean} is_builtin Whether it is a published one.
 * @property {string | null} [model_id] Its repository on Hugging Face.
 * @property {string | null} [license]
 * @property {boolean} [gated] Whether its download needs an accepted licence and a token.
 */

/** The path that launches models, relative to the page. A launch is not waited for: the list of models tells how it goes. */
export const launchPath = "v1/models?wait_ready=false";

/** Whether the server has the routes that launch models. */
export async function hasLaunches() {
  const status = await statusOf(getJson("v1/cluster/auth"));
  return status !== 404 && status !== 405;
}

/** Whether this browser may use them. A launch of nothing launches nothing: it is refused for what it is, or for where it comes from. */
export async function mayLaunch() {
  return (await statusOf(sendJson("POST", launchPath, {}))) !== 403;
}

/**
 * The models of a task that can be launched by name.
 * @param {string} task
 * @returns {Promise<Registration[]>}
 */
export function listRegistrations(task) {
  return getJson(`v1/model_registrations/${encodeURIComponent(task)}?detailed=true`);
}

/**
 * Begins to launch a model. Resolves to its id.
 * @param {LaunchRequest} request
 * @returns {Promise<{ model_uid: string, warnings?: string[] }>}
 */
export function launch(request) {
  return sendJson("POST", launchPath, request);
}

/**
 * Says how long a model stays in memory without a request.
 * @param {string} id
 * @param {number} seconds Infinity: for ever.
 */
export async function keep(id, seconds) {
  await sendJson("PATCH", pathOf(id), { keep_alive: seconds === Infinity ? -1 : seconds });
}

/** @param {string} id */
export async function unload(id) {
  await sendJson("DELETE", pathOf(id));
}

/** @param {string} id */
export async function cancelLaunch(id) {
  await sendJson("POST", `${pathOf(id)}/cancel`, {});
}

/** @param {string} id */
function pathOf(id) {
  return `v1/models/${encodeURIComponent(id)}`;
}

/**
 * The status of a refusal; undefined for none. Rejects when there was no answer.
 * @param {Promise<unknown>} reply
 */
async function statusOf(reply) {
  try {
    await reply;
    return undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status !== undefined) return error.status;
    throw error;
  }
}
