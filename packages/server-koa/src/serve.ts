import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KernelError, reached, silent, unfailingLogger } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { createApp } from "./app.ts";
import type { AppOptions } from "./app.ts";
import { connectionOptions } from "./connections/connection-options.ts";
import type { ConnectionOptions } from "./connections/connection-options.ts";
import { drain } from "./connections/drain.ts";
import { httpServer } from "./connections/http-server.ts";
import { checkMilliseconds, maxTimer } from "./milliseconds.ts";

export interface ServeOptions extends Omit<AppOptions, "closing"> {
  /** Default "127.0.0.1". */
  readonly host?: string;
  /** Default 9997; 0 picks a free one. */
  readonly port?: number;
  /**
   * Milliseconds for which the server still accepts connections once it closes, so that those on their way are not lost and
   * balancers see `GET /ready` answer 503. Default 500; a balancer needs as long as it takes to look again.
   */
  readonly drainDelay?: number;
  /**
   * Milliseconds that requests have to finish after the drain delay. Above 2 ** 31 - 1, the most that a timer of Node's can
   * count, they have as long as they take. Default 30,000.
   */
  readonly deadline?: number;
  /** Bounds on their number and times. */
  readonly connections?: ConnectionOptions;
}

export interface Serving {
  readonly url: string;
  readonly server: Server;
  /**
   * Answers GET /ready with 503 and closes connections after their replies; after the drain delay accepts no more, lets requests finish
   * until the deadline, answers CLOSED to the rest, then closes the kernel.
   */
  close(): Promise<void>;
}

/** Listens; resolves once connections are accepted. TypeError for options that have no sense. */
export async function serve(kernel: Kernel, options: ServeOptions = {}): Promise<Serving> {
  const { host = "127.0.0.1", port = 9997, connections = {}, ...rest } = options;
  const { drainDelay = 500, deadline = 30_000, ...served } = rest;
  checkMilliseconds("drainDelay", drainDelay, maxTimer);
  checkMilliseconds("deadline", deadline);
  const ending = new AbortController();
  const closing = new AbortController();
  const { signal } = served;
  const end = (): void => ending.abort(signal?.reason);
  signal?.addEventListener("abort", end, { once: true });
  if (signal?.aborted) end();
  const app = createApp(kernel, {
    ...served,
    signal: ending.signal,
    closing: closing.signal,
  });
  const logger = unfailingLogger(served.logger ?? silent);
  const listener = httpServer(app.callback(), connectionOptions(connections), logger);
  const { server } = listener;
  server.listen(port, host);
  await once(server, "listening");
  const { port: found } = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    const reason = new KernelError(
      "CLOSED",
      `The server is shutting down, and its deadline of ${deadline / 1000} s is over (deadline). Try again later.`,
    );
    const abort = (): void => {
      reached("deadline");
      ending.abort(reason);
    };
    try {
      await drain(listener, { drainDelay, deadline, abort });
    } finally {
      await kernel[Symbol.asyncDispose]();
    }
  };
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${found}`,
    server,
    close: () => (closed ??= close()),
  };
}
