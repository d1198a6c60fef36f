import type { Socket } from "node:net";
import { reached } from "@kindred/core";
import { Connection } from "./connection.ts";

/** Milliseconds that a connection may be idle before it gives way to a new one: its request may be on its way. */
const minIdle = 1_000;

/** All open connections of a server: at most `max`, each for at most `maxRequests`. */
export class Connections {
  readonly #max: number;
  readonly #maxRequests: number;
  readonly #open = new Map<Socket, Connection>();
  /** The one that is idle for longest comes first. */
  readonly #idle = new Set<Connection>();

  constructor(max: number, maxRequests: number) {
    this.#max = max;
    this.#maxRequests = maxRequests;
  }

  /** Adds a new one. Beyond the most, the one that is idle for longest is closed; false when none is. */
  add(socket: Socket): boolean {
    if (this.#open.size >= this.#max && !this.#closeIdlest()) return false;
    const connection = new Connection(socket, this.#maxRequests, (changed) => this.#sort(changed));
    this.#open.set(socket, connection);
    this.#idle.add(connection);
    socket.once("close", () => {
      this.#open.delete(socket);
      this.#idle.delete(connection);
    });
    return true;
  }

  /** The connection of a socket; undefined once it is closed. */
  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
  }

  /** Closes those on which nothing came for so many milliseconds, and nothing is to be answered. */
  closeQuiet(milliseconds: number): void {
    for (const connection of this.#idle) {
      if (connection.isQuiet(milliseconds)) connection.socket.destroy();
    }
  }

  #closeIdlest(): boolean {
    const [idlest] = this.#idle;
    if (!idlest || performance.now() - idlest.idleSince < minIdle) return false;
    reached("connections.max");
    idlest.socket.destroy();
    this.#open.delete(idlest.socket);
    this.#idle.delete(idlest);
    return true;
  }

  #sort(connection: Connection): void {
    if (connection.isIdle && this.#open.has(connection.socket)) this.#idle.add(connection);
    else this.#idle.delete(connection);
  }
}
