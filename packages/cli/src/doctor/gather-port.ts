import { once } from "node:events";
import { readdir, readFile, readlink } from "node:fs/promises";
import { createServer } from "node:net";
import type { PortFacts } from "./facts.ts";

/** Listens on a port for a moment. Where another does, it is asked whether it is a server of Kindred. */
export async function gatherPort(host: string, port: number): Promise<PortFacts> {
  const refused = await whyRefused(host, port);
  if (refused === undefined) return { host, port };
  const holder =
    refused === "EADDRINUSE"
      ? ((await askedKindred(host, port)) ?? (await listener(port)))
      : undefined;
  return { host, port, refused, ...(holder !== undefined && { holder }) };
}

async function whyRefused(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "unknown";
  }
  server.close();
  await once(server, "close");
  return undefined;
}

/** "kindred" where the port answers as one of our servers. */
async function askedKindred(host: string, port: number): Promise<string | undefined> {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  try {
    const signal = AbortSignal.timeout(1_000);
    const reply = await fetch(`http://${name}:${port}/ready`, { signal });
    const body = (await reply.json()) as { readonly models?: unknown };
    return Array.isArray(body.models) ? "kindred" : undefined;
  } catch {
    return undefined;
  }
}

/** The program that listens on a port, as Linux tells it: "nginx (process 412)"; undefined where it does not. */
async function listener(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((name) => readFile(`/proc/net/${name}`, "utf8").catch(() => "")),
  );
  const sockets = new Set(tables.flatMap((table) => listening(table, port)));
  const processes = await readdir("/proc").catch(() => []);
  for (const id of processes.filter((name) => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${id}/fd`).catch(() => []);
    for (const each of descriptors) {
      const target = await readlink(`/proc/${id}/fd/${each}`).catch(() => "");
      if (!sockets.has(target)) continue;
      const name = await readFile(`/proc/${id}/comm`, "utf8").catch(() => "a program");
      return `${name.trim()} (process ${id})`;
    }
  }
  return undefined;
}

/** Links to the sockets of a table of /proc/net that listen on a port. */
export function listening(table: string, port: number): readonly string[] {
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const isListening = state === "0A" && local.endsWith(`:${hexadecimal}`);
    return isListening ? [`socket:[${inode}]`] : [];
  });
}
