import { finished, Readable } from "node:stream";
import { KernelError } from "@kindred/core";
import type { Call, Endpoint, ServerEvent } from "@kindred/core";
import type Koa from "koa";
import type { Backlog } from "./backlog.ts";
import type { Exchange } from "../exchange.ts";
import { jsonSlices } from "./write-json.ts";
import type { EventQueue } from "./event-queue.ts";
import { bytesOf } from "./pending.ts";
import type { Pending } from "./pending.ts";
import { progressOf } from "./progress.ts";
import type { WarningReply } from "./reply.ts";

/** Events kept for a slow reader. */
const kept = 8;
/** Milliseconds of silence after which proxies get a comment. */
const silence = 15_000;
/** Milliseconds in which a refusal still answers with its own status instead of an event. */
const grace = 1_000;

export interface Streamed {
  readonly endpoint: Endpoint;
  readonly reply: WarningReply;
  readonly backlog: Backlog<Pending>;
  run(call: Partial<Call<unknown>>): Promise<unknown>;
}

/** Answers with server-sent events: the call's states, the task's events and how far it has come, the end or an error. */
export async function streamEvents(
  ctx: Koa.Context,
  exchange: Exchange,
  streamed: Streamed,
): Promise<void> {
  const { endpoint, reply, backlog, run } = streamed;
  const { stream, path } = endpoint;
  if (!stream) {
    throw new KernelError("UNSUPPORTED", `${path} does not stream.`, { param: "stream" });
  }
  const pending = backlog.open(kept);
  finished(ctx.res, () => backlog.close(pending));
  let begin: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const running = run(hearing(pending, streamed, () => begin?.())).finally(() => {
    pending.close();
    begin?.();
  });
  // Encoded at once: while a slow reader is at earlier events, files are less to keep than pixels.
  const ended = heard(running.then((output) => stream.end(output, reply)));
  const waiting = setTimeout(() => begin?.(), grace);
  await begun;
  clearTimeout(waiting);
  if (pending.closed) await ended;

  ctx.set({ "cache-control": "no-cache", "x-accel-buffering": "no" });
  ctx.type = "text/event-stream";
  const events = whole(arriving(pending), ending(ended, reply), exchange);
  ctx.body = Readable.from(written(events), { objectMode: false });
}

/** Puts what a call tells where its reader will find it. */
function hearing(
  pending: EventQueue<Pending>,
  { endpoint, reply, backlog }: Streamed,
  begin: () => void,
): Partial<Call<unknown>> {
  return {
    onState: (state) => pending.putNewest("state", named("state", state)),
    onEvent(event) {
      const progress = progressOf(event);
      if (progress) pending.putNewest("progress", named("progress", progress));
      const told = endpoint.stream!.event(event, reply);
      if (told) {
        pending.put(told);
        const weigh = (known?: ServerEvent): void => backlog.weigh(pending, told, bytesOf(known));
        heard(Promise.resolve(told).then(weigh));
      }
      begin();
    },
  };
}

/** Whoever hangs up never reads how it ended. */
function heard<T>(told: Promise<T>): Promise<T> {
  told.catch(() => {});
  return told;
}

function named(event: string, facts: object): ServerEvent {
  return { event, data: { type: event, ...facts } };
}

type Events = AsyncGenerator<ServerEvent | "silence">;

async function* whole(before: Events, after: Events, exchange: Exchange): Events {
  try {
    yield* before;
    yield* after;
  } catch (error) {
    exchange.abort(error);
    yield { event: "error", data: exchange.failed(error).body };
  }
}

async function* arriving(pending: EventQueue<Pending>): Events {
  for (;;) {
    const next = pending.take();
    const event = await next;
    if (event) yield event;
    if (next) continue;
    if (pending.closed) return;
    if (!(await pending.wait(silence))) yield "silence";
  }
}

/** The last event carries the warnings. */
async function* ending(ended: Promise<Iterable<ServerEvent>>, reply: WarningReply): Events {
  const events = [...(await ended)];
  const last = events.pop();
  yield* events;
  if (last) yield { ...last, data: reply.withWarnings(last.data) };
}

async function* written(events: Events): AsyncGenerator<string> {
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
