import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import sharp from "sharp";

/** A request for pictures as it came in: its path, and its fields; of an upload its name and bytes. */
export interface Asked {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Told extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
}

/**
 * A server in front of another, whose image model it tells with other facts. It answers every request for pictures itself, with one of
 * 64×64 pixels in green.
 */
export async function toldModels(
  behind: string,
  facts: Readonly<Record<string, unknown>>,
): Promise<Told> {
  const asked: Asked[] = [];
  const server = createServer(async (request, reply) => {
    const path = request.url!;
    if (path.startsWith("/v1/images/")) {
      asked.push({ path, fields: await fieldsOf(request) });
      reply.setHeader("content-type", "text/event-stream");
      return void reply.end(await completed(path));
    }
    const found = await fetch(behind + path);
    for (const name of ["content-type", "content-security-policy"]) {
      const value = found.headers.get(name);
      if (value) reply.setHeader(name, value);
    }
    if (path !== "/v1/models") return void reply.end(await found.bytes());
    const list = (await found.json()) as { data: { task: string }[] };
    const data = list.data.map((model) =>
      model.task === "image" ? { ...model, ...facts } : model,
    );
    reply.end(JSON.stringify({ ...list, data }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function fieldsOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = Readable.toWeb(request) as ReadableStream;
  const type = request.headers["content-type"]!;
  const sent = new Response(body, { headers: { "content-type": type } });
  if (type === "application/json") return (await sent.json()) as Record<string, unknown>;
  const fields = [...(await sent.formData())].map(async ([name, value]) => [
    name,
    typeof value === "string"
      ? value
      : { name: value.name, bytes: Buffer.from(await value.bytes()) },
  ]);
  return Object.fromEntries(await Promise.all(fields));
}

async function completed(path: string): Promise<string> {
  const type = `${path.endsWith("generations") ? "image_generation" : "image_edit"}.completed`;
  const create = { width: 64, height: 64, channels: 3, background: "green" } as const;
  const b64_json = (await sharp({ create }).png().toBuffer()).toString("base64");
  const data = { type, b64_json, size: "64x64", seed: 7, output_format: "png" };
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}
