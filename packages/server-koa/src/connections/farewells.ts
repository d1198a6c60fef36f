import type { Socket } from "node:net";

/** Milliseconds that a refused client has to read why, and to close. */
const farewell = 1_000;
/** Clients that may do so at the same time. Beyond them the one that came first is disconnected: it had the most time. */
const maxFarewells = 100;

/**
 * Clients that are told why they are refused. What they send is read: a system that closes a connection with unread bytes resets it, and
 * the client may lose the reply.
 */
export class Farewells {
  readonly #sockets = new Set<Socket>();

  /** Writes a whole reply, and closes the connection once the client has or its time is over. */
  say(socket: Socket, reply: string): void {
    const [oldest] = this.#sockets;
    if (oldest && this.#sockets.size >= maxFarewells) this.#end(oldest);
    this.#sockets.add(socket);
    socket.end(reply);
    const late = setTimeout(() => this.#end(socket), farewell);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      clearTimeout(late);
    });
  }

  #end(socket: Socket): void {
    this.#sockets.delete(socket);
    socket.destroy();
  }
}
