import { Agent, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { FuzzRequest } from "./fuzz-requests.ts";

export interface FuzzReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Milliseconds that any reply may take, wide: a model may be opening its graphs on a machine that others use too. */
const maxMilliseconds = 60_000;

/** Sends requests over connections that are kept. */
export class Sender implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** Resolves to the reply; undefined where the request hung up. Rejects when there is none, or it takes too long. */
  send(url: string, request: FuzzRequest): Promise<FuzzReply | undefined> {
    const { method, path, headers, body, hangsUpAfter } = request;
    const length = method === "GET" && body.length === 0 ? {} : { "content-length": body.length };
    const { hostname, port } = new URL(url);
    const sent = httpRequest({
      hostname,
      port,
      path,
      method,
      agent: this.#agent,
      headers: { ...length, ...latin(headers) },
    });
    let timer: NodeJS.Timeout | undefined;
    const replied = new Promise<FuzzReply | undefined>((resolve, reject) => {
      const fail = (error: unknown): void =>
        hangsUpAfter === undefined ? reject(error) : resolve(undefined);
      timer = setTimeout(() => {
        reject(new Error(`No reply within ${maxMilliseconds} ms.`));
        sent.destroy();
      }, maxMilliseconds);
      sent.on("response", (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", fail);
        reply.on("end", () =>
          resolve({
            status: reply.statusCode!,
            headers: reply.headers,
            body: Buffer.concat(chunks),
          }),
        );
      });
      sent.on("error", fail);
      if (hangsUpAfter === undefined) sent.end(body);
      else {
        sent.write(body.subarray(0, hangsUpAfter));
        setTimeout(() => sent.destroy(), hangsUpAfter % 20);
      }
    });
    return replied.finally(() => clearTimeout(timer));
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }
}

/** Headers as bytes: Node refuses characters above one. */
function latin(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]),
  );
}
