import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { failure } from "./errors.ts";

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
};

/** A server's "clientError" listener: answers what Node's parser refuses before Koa sees it, such as a body cut short. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): void {
  const { bytesWritten } = socket as Duplex & { readonly bytesWritten: number };
  // Nothing can be written into a reply under way or to a connection that is lost.
  if (!socket.writable || bytesWritten > 0 || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status = statuses[error.code ?? ""] ?? 400;
  const message = `The request is incomplete or not HTTP: ${error.message}.`;
  const { body } = failure(Object.assign(new Error(message), { status, expose: true }));
  const json = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      "connection: close",
      "content-type: application/json; charset=utf-8",
      `content-length: ${Buffer.byteLength(json)}`,
      "",
      json,
    ].join("\r\n"),
  );
}
