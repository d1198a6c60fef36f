import { Readable } from "node:stream";
import { inWireNames, KernelError, progressOf } from "@kindred/core";
import type { Call, Endpoint, ServerEvent } from "@kindred/core";
import type Koa from "koa";
import type { Backlog } from "./backlog.ts";
import { bytesOf } from "./event-queue.ts";
import type { EventQueue, PendingEvent } from "./event-queue.ts";
import type { WarningReply } from "./reply.ts";
import { jsonSlices } from "./write-json.ts";
import type { Exchange } from "../exchange.ts";

/** Events kept for a slow reader. */
const maxKept = 8;
/** Milliseconds of silence, after which a comment tells proxies that the connection is alive. */
const maxSilence = 15_000;

export type Hearing = Pick<Call<unknown>, "onEvent" | "onState">;

export interface StreamedAnswer {
  readonly exchange: Exchange;
  readonly endpoint: Endpoint;
  readonly reply: WarningReply;
  readonly backlog: Backlog<PendingEvent>;
  run(hearing: Hearing): Promise<unknown>;
}

/**
 * Answers with server-sent events: the call's states, the task's events and how far it has come, the end or an error.
 * Rejects when the request is refused before it is queued, so that a refusal has its own status, but for one whose model has
 * to be downloaded first.
 */
export async function streamEvents(ctx: Koa.Context, streamed: StreamedAnswer): Promise<void> {
  const { exchange, endpoint, reply, backlog, run } = streamed;
  const { stream, path } = endpoint;
  if (!stream) {
    throw new KernelError("UNSUPPORTED", `${path} does not stream.`, { param: "stream" });
  }
  const queue = backlog.open(maxKept);
  void exchange.answered.then(() => backlog.close(queue));
  let accept!: () => void;
  const accepted = new Promise<void>((resolve) => (accept = resolve));
  const running = run(hearing(queue, streamed, accept)).finally(() => queue.close());
  // Encoded at once: while a slow reader is at earlier events, files are less to keep than pixels.
  const ended = heard(running.then((output) => stream.end(output, reply)));
  await Promise.race([accepted, ended]);

  // Compressors and buffers in between would hold events back: middleware, proxies (`no-transform`) and nginx.
  ctx["compress"] = false;
  ctx.set({ "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" });
  ctx.type = "text/event-stream";
  const events = eventsOf(queue, ended, streamed);
  ctx.body = Readable.from(text(events), { objectMode: false });
}

/** Puts what a call tells into its reader's queue. */
function hearing(
  queue: EventQueue<PendingEvent>,
  { endpoint, reply, backlog }: StreamedAnswer,
  accept: () => void,
): Hearing {
  return {
    onState(state) {
      const loading = state.state === "loading";
      queue.putNewest(loading ? "loading" : "state", named("state", state));
      // A load that tells how far it has come is one that takes time.
      if (!loading || state.progress) accept();
    },
    onEvent(event) {
      accept();
      const progress = progressOf(event);
      if (progress) queue.putNewest("progress", named("progress", progress));
      const told = endpoint.stream!.event(event, reply);
      if (!told) return;
      queue.put(told);
      heard(Promise.resolve(told).then((known) => backlog.weigh(queue, told, bytesOf(known))));
    },
  };
}

/** The same promise, whose rejection may stay unread: a client that hung up never reads how its request ended. */
function heard<T>(told: Promise<T>): Promise<T> {
  told.catch(() => {});
  return told;
}

function named(event: string, facts: object): ServerEvent {
  return { event, data: { type: event, ...facts } };
}

type Events = AsyncGenerator<ServerEvent | "silence">;

/** All events, or those before an error and the error. */
async function* eventsOf(
  queue: EventQueue<PendingEvent>,
  ended: Promise<Iterable<ServerEvent>>,
  { exchange, endpoint, reply }: StreamedAnswer,
): Events {
  try {
    for (;;) {
      const next = queue.take();
      const event = await next;
      if (event) yield event;
      if (next) continue;
      if (queue.closed) break;
      if (!(await queue.wait(maxSilence))) yield "silence";
    }
    yield* lastWithWarnings([...(await ended)], reply);
  } catch (error) {
    exchange.abort(error);
    yield { event: "error", data: exchange.failed(inWireNames(error, endpoint, reply.body)).body };
  }
}

function lastWithWarnings(
  events: readonly ServerEvent[],
  reply: WarningReply,
): readonly ServerEvent[] {
  const last = events.at(-1);
  return last ? events.with(-1, { ...last, data: reply.withWarnings(last.data) }) : events;
}

/** A reader that hangs up throws into this generator, and not into that of the events: it is no error of theirs. */
async function* text(events: Events): AsyncGenerator<string> {
  for await (const event of events) {
    if (event === "silence") {
      yield ": waiting\n\n";
      continue;
    }
    yield `event: ${event.event}\ndata: `;
    yield* jsonSlices(event.data);
    yield "\n\n";
  }
}
