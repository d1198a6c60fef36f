import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";

/** How the stand-in answers one request of a file otherwise than well. */
export interface Fault {
  /** Bytes of the body after which the connection is closed. */
  readonly cut?: number;
  /** Bytes of the body after which nothing more comes. */
  readonly stall?: number;
  /** Bytes of the body after which the server waits for some milliseconds, again and again. */
  readonly drip?: { readonly bytes: number; readonly pause: number };
  /** The file as it is served, with the headers that belong to it. */
  readonly content?: Buffer;
  /** Whether ranges are obeyed. Default true. */
  readonly ranges?: boolean;
  readonly status?: number;
  /** The body that goes with `status`. Default "no". */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as it came, of a file or of the API. */
export interface Asked {
  readonly path: string;
  /** First byte of the range that was asked for; 0 without one. */
  readonly from: number;
  readonly headers: IncomingMessage["headers"];
}

/** A request that no fault has answered. */
export interface Exchange {
  readonly url: URL;
  readonly path: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Answers with a file's bytes, as the request and its fault want them. */
  send(content: Buffer, fault?: Fault): Promise<void>;
}

export interface FileServerOptions {
  /** How a request is answered. Default: well. */
  readonly fault?: ((asked: Asked, count: number) => Fault | undefined) | undefined;
  /** What tells requests apart. Default: the path of the address. */
  readonly pathOf?: (url: URL) => string;
  answer(exchange: Exchange): Promise<void> | void;
}

/** A local stand-in for a hub. */
export interface StandIn extends AsyncDisposable {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Bytes of files that were sent. */
  readonly sent: number;
  /** The file requests alone. */
  readonly fetched: readonly Asked[];
}

export function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Files with these endings are LFS's. */
export const lfs = /\.(safetensors|bin|onnx)$/;

/** Random bytes that are the same for a seed. */
export function bytes(count: number, seed = 1): Buffer {
  const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, i) =>
    createHash("sha256").update(`${seed} ${i}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, count);
}

export async function fileServer(options: FileServerOptions): Promise<StandIn> {
  const { pathOf = (url: URL) => decodeURIComponent(url.pathname) } = options;
  const asked: Asked[] = [];
  const fetched: Asked[] = [];
  let sent = 0;

  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, "http://localhost");
    const path = pathOf(url);
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const each = { path, from, headers: request.headers };
    asked.push(each);
    const fault = options.fault?.(each, asked.filter((other) => other.path === path).length) ?? {};
    if (fault.status !== undefined) {
      response.writeHead(fault.status, fault.headers).end(fault.body ?? "no");
      return;
    }
    await options.answer({
      url,
      path,
      request,
      response,
      send(content, usual) {
        fetched.push(each);
        return send(fault.content ?? content, from, { ...usual, ...fault }, response);
      },
    });
  }

  async function send(
    content: Buffer,
    from: number,
    { cut, stall, drip, ranges = true }: Fault,
    response: ServerResponse,
  ): Promise<void> {
    if (ranges && from >= content.length && from > 0) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
      return;
    }
    const start = ranges ? from : 0;
    const body = content.subarray(start);
    const range = { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` };
    const isPart = ranges && from > 0;
    response.writeHead(isPart ? 206 : 200, {
      "content-length": body.length,
      ...(isPart && range),
    });
    const end = Math.min(body.length, cut ?? stall ?? body.length);
    const step = drip?.bytes ?? 65_536;
    for (let done = 0; done < end && !response.destroyed; done += step) {
      const part = body.subarray(done, Math.min(end, done + step));
      sent += part.length;
      await new Promise<void>((written) => response.write(part, () => written()));
      if (drip) await setTimeout(drip.pause);
    }
    if (stall !== undefined) return;
    if (cut === undefined) response.end();
    else response.socket?.end();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    fetched,
    get sent() {
      return sent;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export function json(
  response: ServerResponse,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
