import { setTimeout as sleep } from "node:timers/promises";
import { formOf, picture } from "../images-http/edit.ts";

/** What a client asked, and what came of it. */
export interface Outcome {
  readonly kind: string;
  /** undefined: the client hung up. */
  readonly status: number | undefined;
  /** Why it is not what the request should get. Absent when it is. */
  readonly fault?: string;
}

export interface TrafficOptions {
  readonly url: string;
  /** The keys that the server may know by now, or still. */
  keys(): readonly string[];
  /** From 0 to below 1. */
  random(): number;
}

interface Request {
  readonly kind: string;
  readonly path: string;
  readonly body: object | FormData;
  /** Statuses that it may get beside those of keys and limits. */
  readonly statuses: readonly number[];
}

/** Milliseconds after which a request has hung. */
const maxTime = 120_000;

/** Sends one request of a kind by chance, with a key by chance. One in ten clients hangs up. */
export async function ask({ url, keys, random }: TrafficOptions): Promise<Outcome> {
  const { kind, path, body, statuses } = await requestOf(random);
  const [key] = keys().toSorted(() => random() - 0.5);
  const hangsUp = random() < 0.1;
  const controller = new AbortController();
  const asking = fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      ...(!(body instanceof FormData) && { "content-type": "application/json" }),
    },
    body: body instanceof FormData ? body : JSON.stringify(body),
    signal: AbortSignal.any([controller.signal, AbortSignal.timeout(maxTime)]),
  });
  if (hangsUp) void sleep(random() * 300).then(() => controller.abort());
  try {
    const reply = await asking;
    const text = await reply.text();
    const { status } = reply;
    // A key may have been exchanged since it was chosen; a model may be away for the moment.
    const isExpected = statuses.includes(status) || [401, 429].includes(status);
    const broken = status === 200 && text.includes("event: error");
    if (isExpected && !broken) return { kind, status };
    return { kind, status, fault: text.slice(0, 500) };
  } catch (error) {
    if (controller.signal.aborted) return { kind, status: undefined };
    const { message, cause } = error as Error;
    return { kind, status: undefined, fault: `${message} ${String(cause ?? "")}` };
  }
}

async function requestOf(random: () => number): Promise<Request> {
  const seed = Math.floor(random() * 1e6);
  const texts = Array.from({ length: 1 + (seed % 5) }, (_, i) => `fox ${seed} `.repeat(1 + 3 * i));
  const small = { model: "demo-image", size: "64x64", num_inference_steps: 3, seed };
  const kinds: readonly (() => Request | Promise<Request>)[] = [
    () => json("embed", "/v1/embeddings", { model: "demo-embedding", input: texts }),
    () => json("embed", "/v1/embeddings", { model: "demo-embedding", input: texts[0] }),
    () => json("extra", "/v1/embeddings", { model: "extra", input: texts }, [200, 404]),
    () => json("rerank", "/v1/rerank", { model: "ranks", query: "a fox", documents: texts }),
    () => json("draw", "/v1/images/generations", { ...small, prompt: texts[0] }),
    () =>
      json("stream", "/v1/images/generations", {
        ...small,
        prompt: texts[0],
        stream: true,
        partial_images: 2,
      }),
    () => json("tokens", "/v1/tokenize", { model: "demo-embedding", input: texts[0] }, [200, 400]),
    () => json("broken", "/v1/embeddings", { model: "demo-embedding", input: 7 }, [400]),
    () => json("unknown", "/v1/embeddings", { model: "none", input: "a" }, [404]),
    async () => ({
      kind: "edit",
      path: "/v1/images/edits",
      body: formOf({ ...texted(small), image: await picture() }),
      statuses: [200],
    }),
  ];
  return kinds[Math.floor(random() * kinds.length)]!();
}

function json(
  kind: string,
  path: string,
  body: object,
  statuses: readonly number[] = [200],
): Request {
  return { kind, path, body, statuses };
}

/** A form has texts alone. */
function texted(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}
