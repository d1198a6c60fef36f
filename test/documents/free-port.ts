import { once } from "node:events";
import { createServer } from "node:net";

/** Ports that no system gives to a server that asks for any: those begin at 32768 on Linux, and at 49152 elsewhere. */
const [first, end] = [20_000, 32_768];

/** A port that stays free until it is used: servers of tests beside this one ask for any. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (end - first));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
    throw error;
  }
  server.close();
  await once(server, "close");
  return true;
}
