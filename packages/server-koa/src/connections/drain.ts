import { once } from "node:events";
import type { Server } from "node:http";
import { setImmediate as turn, setTimeout as sleep } from "node:timers/promises";
import { after } from "../milliseconds.ts";
import type { Listener } from "./http-server.ts";

export interface DrainOptions {
  /** Milliseconds for which new connections are still accepted. */
  readonly drainDelay: number;
  /** Milliseconds that requests have to finish after that. */
  readonly deadline: number;
  /** Aborts the requests that are still running at the deadline. */
  abort(): void;
}

/** Milliseconds for answering the requests that the deadline aborts. */
const farewell = 1_000;
/** Milliseconds in which a request may come on a connection that is idle or new. */
const quiet = 500;
/** Milliseconds between two looks for quiet connections. */
const lookEvery = 50;
/** Milliseconds after which a queue of new connections that never becomes empty is left. */
const maxAccepting = 5_000;

/**
 * Closes a server's listener, waits for its requests and closes its connections. Its application says meanwhile that it is
 * closing: balancers need the delay to hear it.
 */
export async function drain(
  { server, connections }: Listener,
  options: DrainOptions,
): Promise<void> {
  const { drainDelay, deadline, abort } = options;
  await sleep(drainDelay);
  await nobodyWaits(server);
  const closed = once(server, "close");
  server.close();
  // After the events of a turn, so that no request that has come is taken for silence.
  const looking = setInterval(() => setImmediate(() => connections.closeQuiet(quiet)), lookEvery);
  const late = after(deadline, abort);
  const tooLate = after(deadline + farewell, () => server.closeAllConnections());
  await closed;
  clearInterval(looking);
  clearTimeout(late);
  clearTimeout(tooLate);
}

/**
 * Resolves after a turn of the event loop that had no new connection. The system resets those which wait to be accepted when a
 * listener closes, and Node accepts one a turn.
 */
async function nobodyWaits(server: Server): Promise<void> {
  // Begins where a turn ends: a part of one says nothing.
  await turn();
  const started = performance.now();
  let came = true;
  const note = (): void => {
    came = true;
  };
  server.on("connection", note);
  while (came && performance.now() - started < maxAccepting) {
    came = false;
    await turn();
  }
  server.off("connection", note);
}
