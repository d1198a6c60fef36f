import type { Call, Endpoint, Kernel, Task } from "@kindred/core";
import type { ReadBody } from "./body.ts";
import { streamEvents } from "./events.ts";
import type { Handler } from "./exchange.ts";
import { jsonBody } from "./json.ts";
import { replyTo } from "./reply.ts";
import type { KeepFile } from "./reply.ts";
import { validate } from "./schema.ts";

export interface AnswerOptions {
  readonly kernel: Kernel;
  readonly readBody: ReadBody;
  readonly keepFile: KeepFile;
}

/** Body → schema → decode → kernel → encode → JSON, or events when the client asked for them. */
export function answer(endpoint: Endpoint, { kernel, readBody, keepFile }: AnswerOptions): Handler {
  return async (ctx, exchange) => {
    const body = await validate(endpoint.body, await readBody(ctx, exchange.signal));
    const decoded = await endpoint.decode(body);
    const model = decoded.model ?? onlyModel(kernel, endpoint.task);
    Object.assign(exchange.facts, { model, task: endpoint.task.name });
    const reply = replyTo(body, model ?? "", (bytes, type) => keepFile(ctx, bytes, type));
    const run = (call: Partial<Call<unknown>>): Promise<unknown> =>
      kernel.run(endpoint.task, model, decoded.input, { signal: exchange.signal, ...call });
    if (decoded.stream) return streamEvents(ctx, exchange, { run, reply, endpoint });
    const encoded = await endpoint.encode(await run({}), reply);
    ctx.type = "json";
    ctx.body = jsonBody(reply.withWarnings(encoded));
  };
}

/** The kernel says what is wrong when there is not exactly one. */
function onlyModel(kernel: Kernel, task: Task): string | undefined {
  const [first, ...others] = kernel.models().filter((model) => model.task === task.name);
  return others.length === 0 ? first?.id : undefined;
}
