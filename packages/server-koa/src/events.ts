import { Readable } from "node:stream";
import { KernelError } from "@kindred/core";
import type { Call, Endpoint, ServerEvent } from "@kindred/core";
import type Koa from "koa";
import type { Exchange } from "./exchange.ts";
import { jsonSlices } from "./json.ts";
import { Mailbox } from "./mailbox.ts";
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
  run(call: Partial<Call<unknown>>): Promise<unknown>;
}

type Pending = ServerEvent | Promise<ServerEvent | undefined>;

/** Answers with server-sent events: the call's states, the task's events and how far it has come, the end or an error. */
export async function streamEvents(
  ctx: Koa.Context,
  exchange: Exchange,
  { endpoint, reply, run }: Streamed,
): Promise<void> {
  const { stream, path } = endpoint;
  if (!stream) {
    throw new KernelError("UNSUPPORTED", `${path} does not stream.`, { param: "stream" });
  }
  const pending = new Mailbox<Pending>(kept);
  let begin: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const running = run({
    onState: (state) => pending.putNewest("state", named("state", state)),
    onEvent: (event) => {
      const progress = progressOf(event);
      if (progress) pending.putNewest("progress", named("progress", progress));
      const told = stream.event(event, reply);
      if (told) pending.put(heard(told));
      begin?.();
    },
  }).finally(() => {
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

/** Whoever hangs up never reads how it ended. */
function heard<T>(told: T): T {
  if (told instanceof Promise) told.catch(() => {});
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

async function* arriving(pending: Mailbox<Pending>): Events {
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
