import { STATUS_CODES } from "node:http";
import { failure } from "./errors.ts";

/** An error's whole reply, for a connection that has no response of Node's. The connection is closed after it. */
export function rawReply(id: string, status: number, message: string): string {
  const { headers, body } = failure(Object.assign(new Error(message), { status, expose: true }));
  const json = JSON.stringify(body);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "connection: close",
    "content-type: application/json; charset=utf-8",
    `content-length: ${Buffer.byteLength(json)}`,
    `x-request-id: ${id}`,
    "x-content-type-options: nosniff",
    "cross-origin-resource-policy: same-origin",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    "",
    json,
  ].join("\r\n");
}
