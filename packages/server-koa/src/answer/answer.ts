import { inWireNames, progressOf, shorten, validated } from "@kindred/core";
import type { Endpoint, Kernel, Usage } from "@kindred/core";
import type { Backlog } from "./backlog.ts";
import type { PendingEvent } from "./event-queue.ts";
import { replyTo } from "./reply.ts";
import type { KeepFile } from "./reply.ts";
import { streamEvents } from "./stream-events.ts";
import { usageFacts } from "./usage-facts.ts";
import type { Hearing } from "./stream-events.ts";
import { jsonBody } from "./write-json.ts";
import { decodedBytes } from "../body/decoded-bytes.ts";
import { takeKeepAlive } from "../body/keep-alive.ts";
import type { ReadBody } from "../body/read-body.ts";
import { validatedForm } from "../body/validated-form.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { noFiles } from "../files/routes.ts";
import { askerOf } from "../keys/asker.ts";
import type { RunningRequest, RunningRequests } from "../running-requests.ts";

/** Characters of a model's name in the log: a client may send any. */
const maxLogged = 200;

/** Characters of a request's text in the log. */
const maxLoggedText = 2_000;

export interface AnswerOptions {
  readonly kernel: Kernel;
  readonly requests: RunningRequests;
  readonly readBody: ReadBody;
  readonly keepFile: KeepFile;
  /** Whether lines of the log say the texts of requests. */
  readonly logsPrompts: boolean;
  /** Whether `keepFile` keeps any. */
  readonly keepsFiles: boolean;
  readonly backlog: Backlog<PendingEvent>;
}

/** Body → schema → decode → kernel → encode → JSON, or events when the client asked for them. */
export function answer(endpoint: Endpoint, options: AnswerOptions): Handler {
  const { kernel, requests, readBody, keepFile, keepsFiles, logsPrompts, backlog } = options;
  const { task } = endpoint;
  return async (ctx, exchange) => {
    const sent = await readBody(ctx, exchange);
    const check = ctx.is("multipart/form-data") ? validatedForm : validated;
    // The schema's errors have the client's names of fields, later ones the task's.
    const { value, keepAlive } = takeKeepAlive(sent.value);
    const body = await check(endpoint.body, value, { code: "INVALID_INPUT" });
    try {
      const decoded = await endpoint.decode(body);
      sent.hold(decodedBytes(decoded.input));
      if (decoded.filesFor !== undefined && !keepsFiles) throw noFiles(decoded.filesFor);
      const model = decoded.model ?? kernel.model(task).id;
      Object.assign(exchange.facts, { model: shorten(model, maxLogged), task: task.name });
      if (logsPrompts) Object.assign(exchange.facts, textFact(endpoint, body));
      const reply = replyTo(body, model, (bytes, type) => keepFile(ctx, bytes, type));
      decoded.warnings?.forEach((text) => reply.warn(text));
      const run = async (hearing: Partial<Hearing>): Promise<unknown> => {
        const { id, signal, abort, admission } = exchange;
        using _held = admission?.hold(decoded.counts);
        const { caller } = askerOf(ctx);
        const ids = idsOf(exchange, body);
        const running: RunningRequest = { ids, model, caller, abort, progress: 0 };
        const end = requests.add(running);
        const onUsage = (usage: Usage): void => {
          Object.assign(exchange.facts, usageFacts(usage));
          admission?.charge(usage);
        };
        const call = { id, caller, signal, keepAlive, onUsage, ...noting(running, hearing) };
        return await kernel.run(task, model, decoded.input, call).finally(end);
      };
      if (decoded.stream) {
        await streamEvents(ctx, { exchange, endpoint, reply, backlog, run });
      } else {
        const encoded = await endpoint.encode(await run({}), reply);
        ctx.type = "json";
        ctx.body = jsonBody(reply.withWarnings(encoded));
      }
    } catch (error) {
      throw inWireNames(error, endpoint, body);
    }
  };
}

/** The text of a request, for the log; several as JSON. */
function textFact({ text }: Endpoint, body: Readonly<Record<string, unknown>>): object {
  const value = text === undefined ? undefined : body[text];
  if (value === undefined) return {};
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return { text: shorten(shown, maxLoggedText) };
}

function idsOf(exchange: Exchange, body: object): readonly string[] {
  const named = "request_id" in body && typeof body.request_id === "string";
  return named ? [exchange.id, body.request_id as string] : [exchange.id];
}

/** Keeps what a call tells for those who ask how far it has come, and hands it on. */
function noting(running: RunningRequest, hearing: Partial<Hearing>): Hearing {
  return {
    onEvent(event) {
      const { done, total } = progressOf(event) ?? { done: running.progress, total: 1 };
      running.progress = done / total;
      hearing.onEvent?.(event);
    },
    onState(state) {
      running.state = state;
      hearing.onState?.(state);
    },
  };
}
