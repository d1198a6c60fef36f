import { createServer } from "node:http";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { reached } from "@kindred/core";
import type { Logger } from "@kindred/core";
import { rawReply } from "../raw-reply.ts";
import { refuseUnparsed } from "../refuse-unparsed.ts";
import { newRequestId } from "../request-id.ts";
import { nodeTimeout } from "../milliseconds.ts";
import { boundedRequests } from "./bounded-requests.ts";
import type { Answer } from "./connection.ts";
import type { ConnectionOptions } from "./connection-options.ts";
import { Connections } from "./connections.ts";
import { Farewells } from "./farewells.ts";

/** Milliseconds between two looks for clients that are slow with their headers. */
const checkEvery = 1_000;

export interface Listener {
  readonly server: Server;
  readonly connections: Connections;
}

/** A server of Node's whose connections are bounded in number, time and requests. It does not listen yet. */
export function httpServer(
  answer: Answer,
  options: Required<ConnectionOptions>,
  logger: Logger,
): Listener {
  const { max, maxRequests, headersTimeout, replyTimeout, keepAliveTimeout } = options;
  const connections = new Connections(max, maxRequests);
  const take: Answer = (request, response) => {
    const connection = connections.of(request.socket);
    if (connection) connection.take(request, response, answer);
    else request.resume();
  };
  const server = createServer(
    {
      IncomingMessage: boundedRequests(connections, logger),
      // Koa answers a request without a host, with an envelope.
      requireHostHeader: false,
      headersTimeout: nodeTimeout(headersTimeout),
      // Whole requests have no bound in time: the body's is its progress.
      requestTimeout: 0,
      keepAliveTimeout: nodeTimeout(keepAliveTimeout),
      connectionsCheckingInterval: checkEvery,
    },
    take,
  );
  server.on("checkExpectation", take);
  server.on("clientError", refuseUnparsed(logger));
  server.on("connection", admitting(connections, max, logger));
  server.setTimeout(nodeTimeout(replyTimeout), (socket: Socket) => {
    const connection = connections.of(socket);
    if (socket.writableLength > 0) {
      reached("connections.replyTimeout");
      logger.info({ address: socket.remoteAddress }, "a reply was not read");
      socket.destroy();
    } else if (connection?.isKept) {
      reached("connections.keepAliveTimeout");
      socket.destroy();
    }
  });
  return { server, connections };
}

function admitting(
  connections: Connections,
  max: number,
  logger: Logger,
): (socket: Socket) => void {
  const farewells = new Farewells();
  return (socket) => {
    if (connections.add(socket)) return;
    reached("connections.max");
    logger.warn({ address: socket.remoteAddress, max }, "a connection was refused");
    const message = `The server has ${max} connections, the most it takes (connections.max). Try again later.`;
    farewells.say(socket, rawReply(newRequestId(), 503, message));
  };
}
