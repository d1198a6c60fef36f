import { shorten } from "@kindred/core";
import type { Call, Endpoint, Kernel } from "@kindred/core";
import type { Backlog } from "./backlog.ts";
import type { ReadBody } from "../body/read-body.ts";
import { streamEvents } from "./stream-events.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { jsonBody } from "./write-json.ts";
import type { Pending } from "./pending.ts";
import { progressOf } from "./progress.ts";
import { replyTo } from "./reply.ts";
import type { KeepFile } from "./reply.ts";
import type { RunningRequest, RunningRequests } from "../running-requests.ts";
import { validate } from "../body/validate.ts";

export interface AnswerOptions {
  readonly kernel: Kernel;
  readonly requests: RunningRequests;
  readonly readBody: ReadBody;
  readonly keepFile: KeepFile;
  readonly backlog: Backlog<Pending>;
}

/** Body → schema → decode → kernel → encode → JSON, or events when the client asked for them. */
export function answer(
  endpoint: Endpoint,
  { kernel, requests, readBody, keepFile, backlog }: AnswerOptions,
): Handler {
  return async (ctx, exchange) => {
    const body = await validate(endpoint.body, await readBody(ctx, exchange.signal));
    // A schema speaks of the client's fields, what follows of the task's.
    exchange.fields = endpoint.fields;
    const decoded = await endpoint.decode(body);
    const { id: model } = kernel.model(endpoint.task, decoded.model);
    Object.assign(exchange.facts, { model: shorten(model, 200), task: endpoint.task.name });
    const reply = replyTo(body, model, (bytes, type) => keepFile(ctx, bytes, type));
    const run = async (call: Partial<Call<unknown>>): Promise<unknown> => {
      const running: RunningRequest = { model, abort: exchange.abort, progress: 0 };
      const end = requests.add(idsOf(exchange, body), running);
      const watched = watching(call, running, exchange.signal);
      return kernel.run(endpoint.task, model, decoded.input, watched).finally(end);
    };
    if (decoded.stream) return streamEvents(ctx, exchange, { run, reply, endpoint, backlog });
    const encoded = await endpoint.encode(await run({}), reply);
    ctx.type = "json";
    ctx.body = jsonBody(reply.withWarnings(encoded));
  };
}

function idsOf(exchange: Exchange, body: object): readonly string[] {
  const named = "request_id" in body && typeof body.request_id === "string";
  return named ? [exchange.id, body.request_id as string] : [exchange.id];
}

function watching(
  call: Partial<Call<unknown>>,
  running: RunningRequest,
  signal: AbortSignal,
): Call<unknown> {
  return {
    signal,
    onEvent(event) {
      const { done, total } = progressOf(event) ?? { done: running.progress, total: 1 };
      running.progress = done / total;
      call.onEvent?.(event);
    },
    onState(state) {
      running.state = state;
      call.onState?.(state);
    },
  };
}
