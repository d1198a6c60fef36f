import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KernelError } from "@kindred/core";
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
   * Milliseconds that requests have to finish once the server closes. Default 30,000; beyond 2 ** 31 - 1, Node's longest
   * timer, they have as long as they take.
   */
  readonly deadline?: number;
}

export interface Serving {
  readonly url: string;
  readonly server: Server;
  /** Stops accepting, lets what runs finish within the deadline, answers CLOSED to the rest, then closes the kernel. */
  close(): Promise<void>;
}

/** Milliseconds in which requests that were cut short may still be answered. */
const farewell = 1_000;
const longestTimer = 2 ** 31 - 1;

/** Listens; resolves once connections are accepted. */
export async function serve(kernel: Kernel, options: ServeOptions = {}): Promise<Serving> {
  const { host = "127.0.0.1", port = 9997, deadline = 30_000, signal } = options;
  const ending = new AbortController();
  signal?.addEventListener("abort", () => ending.abort(signal.reason), { once: true });
  const server = createApp(kernel, { ...options, signal: ending.signal }).listen(port, host);
  server.on("clientError", refuseUnparsed);
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
  // A connection kept alive becomes idle once its reply is out, and would stay.
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

/** Node makes 1 ms of what is longer than its longest timer. */
function after(milliseconds: number, act: () => void): NodeJS.Timeout | undefined {
  return milliseconds > longestTimer ? undefined : setTimeout(act, milliseconds);
}
