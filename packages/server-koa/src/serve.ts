import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KernelError, silent, unfailingLogger } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { createApp } from "./app.ts";
import type { AppOptions } from "./app.ts";
import { refuseUnparsed } from "./refuse-unparsed.ts";

export interface ServeOptions extends AppOptions {
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** Default 9997; 0 picks a free one. */
  readonly port?: number;
  /**
   * Milliseconds that requests have to finish once the server closes. Default 30,000. Above 2 ** 31 - 1, the most that a
   * timer of Node's can count, they have as long as they take.
   */
  readonly deadline?: number;
}

export interface Serving {
  readonly url: string;
  readonly server: Server;
  /** Accepts no more, lets requests finish until the deadline, answers CLOSED to the rest, then closes the kernel. */
  close(): Promise<void>;
}

/** Milliseconds for answering the requests that the deadline aborts. */
const farewell = 1_000;
const maxTimer = 2 ** 31 - 1;

/** Listens; resolves once connections are accepted. */
export async function serve(kernel: Kernel, options: ServeOptions = {}): Promise<Serving> {
  const { host = "127.0.0.1", port = 9997, deadline = 30_000, ...served } = options;
  const { signal } = served;
  const logger = unfailingLogger(served.logger ?? silent);
  const ending = new AbortController();
  signal?.addEventListener("abort", () => ending.abort(signal.reason), { once: true });
  const answer = createApp(kernel, { ...served, signal: ending.signal }).callback();
  const server = createServer({ requireHostHeader: false }, answer).listen(port, host);
  server.on("checkExpectation", answer);
  server.on("clientError", refuseUnparsed(logger));
  await once(server, "listening");
  const { port: found } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${found}`,
    server,
    close() {
      return (closing ??= close(server, ending, deadline).finally(() =>
        kernel[Symbol.asyncDispose](),
      ));
    },
  };
}

async function close(server: Server, ending: AbortController, deadline: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.prependListener("request", (_request, response) => {
    response.setHeader("connection", "close");
  });
  // A connection that its client keeps alive becomes idle after its reply, and would stay open.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = after(deadline, () =>
    ending.abort(new KernelError("CLOSED", "The server is shutting down. Try again later.")),
  );
  const tooLate = after(deadline + farewell, () => server.closeAllConnections());
  await closed;
  clearInterval(idle);
  clearTimeout(late);
  clearTimeout(tooLate);
}

/** Acts after so many milliseconds, or never: Node takes more than `maxTimer` for 1. */
function after(milliseconds: number, act: () => void): NodeJS.Timeout | undefined {
  return milliseconds > maxTimer ? undefined : setTimeout(act, milliseconds);
}
