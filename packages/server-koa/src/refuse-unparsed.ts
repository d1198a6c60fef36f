import type { Duplex } from "node:stream";
import { reached } from "@kindred/core";
import type { Logger } from "@kindred/core";
import { rawReply } from "./raw-reply.ts";
import { newRequestId } from "./request-id.ts";

const statuses: ReadonlyMap<string | undefined, number> = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_HEADER_OVERFLOW", 431],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
]);

/** The bounds of Node's parser, by its errors' codes. */
const boundsOfCodes: ReadonlyMap<string | undefined, string> = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", "connections.headersTimeout"],
  ["HPE_HEADER_OVERFLOW", "headers.bytes"],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", "chunks.extensions"],
]);

/** Makes a server's "clientError" listener: it answers what Node's parser refuses before Koa sees it, such as a body cut short. */
export function refuseUnparsed(
  logger: Logger,
): (error: NodeJS.ErrnoException, socket: Duplex) => void {
  return (error, socket) => {
    const { bytesWritten } = socket as Duplex & { readonly bytesWritten: number };
    // Nothing can be written into a reply under way or to a connection that is lost.
    if (!socket.writable || bytesWritten > 0 || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const bound = boundsOfCodes.get(error.code);
    if (bound !== undefined) reached(bound);
    const id = newRequestId();
    const named = bound === undefined ? "" : ` (${bound})`;
    const message = `The request is incomplete or not HTTP${named}: ${error.message}.`;
    const status = statuses.get(error.code) ?? 400;
    socket.end(rawReply(id, status, message));
    logger.info({ status, id, error: error.message }, "a request was refused");
  };
}
