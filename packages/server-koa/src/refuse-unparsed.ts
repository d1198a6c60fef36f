import type { Duplex } from "node:stream";
import type { Logger } from "@kindred/core";
import { rawReply } from "./raw-reply.ts";
import { newRequestId } from "./request-id.ts";

const statuses: ReadonlyMap<string | undefined, number> = new Map([
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
  ["HPE_HEADER_OVERFLOW", 431],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
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
    const id = newRequestId();
    const status = statuses.get(error.code) ?? 400;
    socket.end(rawReply(id, status, `The request is incomplete or not HTTP: ${error.message}.`));
    logger.info({ status, id, error: error.message }, "a request was refused");
  };
}
