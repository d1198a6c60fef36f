import { connect } from "node:net";
import type { Socket } from "node:net";

/** A connection as no HTTP client makes one. Its errors are of no interest; what came is in `text`. */
export interface RawClient {
  readonly socket: Socket;
  readonly text: string;
  /** Resolves to all that came, once the connection is closed. */
  readonly closed: Promise<string>;
}

export function rawClient(url: string, text = ""): RawClient {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  let came = "";
  const closed = new Promise<string>((resolve) => socket.once("close", () => resolve(came)));
  socket.on("error", () => {}).setEncoding("utf8");
  socket.on("data", (chunk: string) => (came += chunk));
  if (text !== "") socket.write(text);
  return {
    socket,
    closed,
    get text() {
      return came;
    },
  };
}

export function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
}

/** The head of a POST of JSON that has so many bytes. */
export function postHead(path: string, length: number): string {
  const headers = `host: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}`;
  return `POST ${path} HTTP/1.1\r\n${headers}\r\n\r\n`;
}

/** The statuses of the replies in a text. */
export function statuses(text: string): readonly number[] {
  return Array.from(text.matchAll(/HTTP\/1\.1 (\d+) /g), ([, status]) => Number(status));
}
