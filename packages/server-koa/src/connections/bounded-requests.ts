import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { reached } from "@kindred/core";
import type { Logger } from "@kindred/core";
import type { Connections } from "./connections.ts";

/** Requests that a client may send ahead of the replies. Browsers and SDKs send one. */
const maxPipelined = 16;

/**
 * Makes the class of a server's requests, which counts those of a connection that are not answered. Beyond `maxPipelined` the
 * connection is closed.
 *
 * Node makes requests of all bytes that came at once, 64 KiB of them, whatever a listener does: a hundred clients that pipeline hold
 * the event loop for seconds. Its parser stops only at a request that leaves HTTP, and lets go of the socket then.
 */
export function boundedRequests(connections: Connections, logger: Logger): typeof IncomingMessage {
  return class BoundedRequest extends IncomingMessage {
    constructor(socket: Socket) {
      super(socket);
      const connection = connections.of(socket);
      connection?.begin();
      if (!connection || connection.unanswered <= maxPipelined) return;
      Object.defineProperty(this, "upgrade", { get: () => true, set() {} });
      socket.on("error", () => {});
      setImmediate(() => socket.destroy());
      reached("connections.pipelined");
      const address = socket.remoteAddress;
      logger.info({ address, maxPipelined }, "a client sent too many requests at once");
    }
  };
}
