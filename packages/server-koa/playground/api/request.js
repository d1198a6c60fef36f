// @ts-check
import { ApiError, ServerGone } from "./errors.js";
import { visitKey } from "./visit-key.js";

/** Milliseconds that a GET may take. A model's work, which is POSTed, takes as long as it takes. */
const patience = 10_000;
/** Statuses of a proxy whose server does not answer. */
const unanswered = new Set([502, 503, 504]);

/**
 * GETs JSON from a path relative to the page. Rejects with an `ApiError`.
 * @param {string} path
 */
export async function getJson(path) {
  return jsonOf(await ask(path, { signal: AbortSignal.timeout(patience) }));
}

/**
 * POSTs a form as it is, and all else as JSON. Aborting the signal hangs up, which ends the work on the server, and rejects with an `AbortError`. All else
 * rejects with an `ApiError`.
 * @param {string} path
 * @param {unknown} body
 * @param {AbortSignal} signal
 */
export function post(path, body, signal) {
  if (body instanceof FormData) return ask(path, { method: "POST", body, signal });
  return ask(path, { ...asJson("POST", body), signal });
}

/**
 * Sends JSON by another method, or nothing, and resolves to the JSON of the reply. Rejects with an `ApiError`.
 * @param {"POST" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>}
 */
export async function sendJson(method, path, body) {
  return jsonOf(await ask(path, body === undefined ? { method } : asJson(method, body)));
}

/**
 * @param {string} method
 * @param {unknown} body
 * @returns {RequestInit}
 */
function asJson(method, body) {
  const headers = { "content-type": "application/json" };
  return { method, headers, body: JSON.stringify(body) };
}

/** @param {Response} reply */
export async function jsonOf(reply) {
  const text = await answered(reply.text());
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError({ message: `The server answered what is no JSON: ${text.slice(0, 80)}` });
  }
}

/**
 * Waits for the network. Its failures reject with `ServerGone`, also in the middle of a reply; an abort rejects as it is.
 * @template T
 * @param {Promise<T>} promise
 */
export async function answered(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ServerGone();
  }
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init) {
  const headers = { ...init.headers, ...visitKey.headers };
  const reply = await answered(fetch(path, { ...init, headers }));
  if (reply.ok) return reply;
  if (reply.status === 401) visitKey.refused();
  const text = await answered(reply.text());
  throw (
    errorOf(text, reply) ?? (unanswered.has(reply.status) ? new ServerGone() : unexplained(reply))
  );
}

/**
 * @param {string} text
 * @param {Response} reply
 */
function errorOf(text, { status }) {
  try {
    const { error } = JSON.parse(text);
    return typeof error?.message === "string" ? new ApiError({ ...error, status }) : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Response} reply */
function unexplained({ status }) {
  return new ApiError({ message: `The server answered ${status}, without saying why.`, status });
}
