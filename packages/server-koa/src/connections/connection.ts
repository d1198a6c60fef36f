import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { reached } from "@kindred/core";

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Milliseconds for which the rest of a body is read that an answer did not wait for, as nginx's lingering_time. */
const maxLinger = 30_000;

/**
 * A client's connection, whose requests are answered one after another. A client may send many before it reads a reply; each
 * waits for a turn of the event loop of its own, so that other clients' requests come in between.
 */
export class Connection {
  readonly socket: Socket;
  /** Requests whose headers have come and that are not answered. */
  unanswered = 0;
  /** When it was opened, or last became idle, by `performance.now()`. */
  idleSince: number = performance.now();
  /** Bytes that had come then. */
  #read = 0;
  readonly #waiting: (() => void)[] = [];
  #answering = false;
  readonly #maxRequests: number;
  #taken = 0;
  readonly #changed: (connection: Connection) => void;

  /** `changed` is called when it becomes busy or idle. The reply to the last of `maxRequests` closes it. */
  constructor(socket: Socket, maxRequests: number, changed: (connection: Connection) => void) {
    this.socket = socket;
    this.#maxRequests = maxRequests;
    this.#changed = changed;
  }

  get isIdle(): boolean {
    return this.unanswered === 0;
  }

  /** Idle after a reply. A connection that has sent no request is `headersTimeout`'s. */
  get isKept(): boolean {
    return this.isIdle && this.#taken > 0;
  }

  /** Idle for so many milliseconds, in which nothing came: not even a part of a request. */
  isQuiet(milliseconds: number): boolean {
    const since = performance.now() - this.idleSince;
    return this.isIdle && since >= milliseconds && this.socket.bytesRead === this.#read;
  }

  /** A request's headers have come. */
  begin(): void {
    this.unanswered += 1;
    if (this.unanswered === 1) this.#changed(this);
  }

  /** Answers a request in its turn. */
  take(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    this.#taken += 1;
    if (this.#taken === this.#maxRequests) reached("connections.maxRequests");
    if (this.#taken >= this.#maxRequests) response.setHeader("connection", "close");
    response.once("close", () => this.#end(request));
    const run = (): void => {
      if (!this.socket.destroyed) answer(request, response);
    };
    if (this.#answering) {
      this.#waiting.push(run);
    } else {
      this.#answering = true;
      run();
    }
  }

  #end(request: IncomingMessage): void {
    if (this.socket.destroyed) return;
    if (!request.complete) this.#linger(request);
    this.unanswered -= 1;
    const next = this.#waiting.shift();
    this.#answering = next !== undefined;
    if (next) setImmediate(next);
    if (!this.isIdle) return;
    this.idleSince = performance.now();
    this.#read = this.socket.bytesRead;
    this.#changed(this);
  }

  /** Node reads and drops what comes after an answer, for as long as it comes. */
  #linger(request: IncomingMessage): void {
    const close = (): void => {
      reached("connections.linger");
      this.socket.destroy();
    };
    const late = setTimeout(close, maxLinger).unref();
    request.once("close", () => clearTimeout(late));
  }
}
