import { unlessAborted } from "@kindred/core";
import { maxTimer } from "../milliseconds.ts";
import type { ReadBody } from "./read-body.ts";

/** Bytes a second that a body must bring, as Apache's mod_reqtimeout asks for: 64 MiB have 37 hours. */
const minRate = 500;

/**
 * The same reader, which answers 408 and closes the connection when a body stops: in each period of so many milliseconds its
 * connection must bring `minRate` bytes a second.
 */
export function timelyBody(readBody: ReadBody, milliseconds: number): ReadBody {
  if (milliseconds > maxTimer) return readBody;
  const minBytes = Math.ceil((milliseconds / 1000) * minRate);
  return async (ctx, signal) => {
    const stopped = new AbortController();
    const { socket } = ctx.req;
    let before = socket.bytesRead;
    const looking = setInterval(() => {
      if (!ctx.req.complete && socket.bytesRead - before < minBytes) stopped.abort();
      before = socket.bytesRead;
    }, milliseconds);
    try {
      return await unlessAborted(readBody(ctx, signal), stopped.signal);
    } catch (error) {
      throw stopped.signal.aborted ? tooSlow(minBytes, milliseconds) : error;
    } finally {
      clearInterval(looking);
    }
  };
}

function tooSlow(minBytes: number, milliseconds: number): Error {
  const seconds = milliseconds / 1000;
  const message = `The body stopped: fewer than ${minBytes} bytes of it came in ${seconds} seconds. Send it again.`;
  const headers = { connection: "close" };
  return Object.assign(new Error(message), { status: 408, expose: true, headers });
}
