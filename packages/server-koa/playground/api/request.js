// @ts-check

/** The server's error, with the field it is about. */
export class ApiError extends Error {
  /** @param {{ message: string, param?: string | null, code?: string | null }} error */
  constructor({ message, param, code }) {
    super(message);
    this.name = "ApiError";
    /** The request's field at fault, if any. */
    this.param = param ?? undefined;
    this.code = code ?? undefined;
  }
}

/**
 * GETs a path relative to the page. Rejects with an `ApiError`.
 * @param {string} path
 * @param {AbortSignal} [signal]
 */
export function get(path, signal) {
  return ask(path, { signal: signal ?? null });
}

/**
 * POSTs JSON. Aborting the signal hangs up, which ends the work on the server.
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} [signal]
 */
export function post(path, body, signal) {
  return ask(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}

/**
 * @param {string} path
 * @param {RequestInit} init
 */
async function ask(path, init) {
  const reply = await fetch(path, init).catch((cause) => {
    if (init.signal?.aborted) throw cause;
    throw new ApiError({ message: "The server does not answer. Is it still running?" });
  });
  if (reply.ok) return reply;
  const body = await reply.json().catch(() => undefined);
  throw new ApiError(body?.error ?? { message: `The server answered ${reply.status}.` });
}
