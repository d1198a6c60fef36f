import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { KernelError } from "@kindred/core";
import type { Endpoint, Kernel, Launch } from "@kindred/core";
import { failure, replyTo, validate } from "@kindred/server-koa";
import { parseArguments } from "./arguments.ts";
import { parseLaunches } from "./launches.ts";
import { openKernel } from "./open-kernel.ts";
import { printJson, printShown } from "./output.ts";
import { progressBar } from "./progress.ts";
import { parseRequest } from "./request.ts";
import type { Request } from "./request.ts";
import { quietLogger } from "./terminal-logger.ts";
import { UsageError } from "./usage.ts";

/** One request to a model through its endpoint's own codec, without HTTP. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      option: { type: "string", multiple: true, default: [] },
      memory: { type: "string" },
      json: { type: "boolean", default: false },
      output: { type: "string", short: "o" },
    },
  });
  const [model, ...words] = positionals;
  if (model === undefined) throw new UsageError("kindred run takes a model: PATH or ID=PATH.");
  const request = parseRequest(words);
  const [launch] = parseLaunches([model], values.option);
  const { memory, output } = values;
  if (output !== undefined) checkFolder(output);
  await using kernel = await openKernel({ launches: [], memory, logger: quietLogger });
  await answer(kernel, launch!, { request, json: values.json, output });
}

/** Before a picture is drawn, not after. */
function checkFolder(output: string): void {
  const folder = dirname(output);
  if (!existsSync(folder)) throw new UsageError(`-o: there is no folder "${folder}".`);
}

interface Wanted {
  readonly request: Request;
  readonly json: boolean;
  readonly output: string | undefined;
}

async function answer(kernel: Kernel, launch: Launch, wanted: Wanted): Promise<void> {
  const { request, json, output } = wanted;
  const { task } = await kernel.load(launch);
  const endpoint = endpointFor(kernel, task, request);
  const bar = progressBar(process.stderr);
  const body = await validate(endpoint.body, bodyOf(endpoint, launch.id, request));
  try {
    const reply = replyTo(body, launch.id, keepNoFile);
    const { model, input } = await endpoint.decode(body);
    const result = await kernel.run(endpoint.task, model ?? launch.id, input, {
      onEvent: bar.draw,
      signal: interrupted(),
    });
    bar.clear();
    if (endpoint.show && !json) return await printShown(await endpoint.show(result), output);
    await printJson(reply.withWarnings(await endpoint.encode(result, reply)), output);
  } catch (error) {
    bar.clear();
    throw inWireNames(error, endpoint);
  }
}

/** The first endpoint of the task; given a text, the first that has a field for one. */
function endpointFor(kernel: Kernel, task: string | undefined, { text }: Request): Endpoint {
  const endpoints = kernel.endpoints.filter((endpoint) => endpoint.task.name === task);
  const [chosen] = text === undefined ? endpoints : endpoints.filter((each) => each.text);
  if (chosen) return chosen;
  const reason = endpoints[0]
    ? `${endpoints[0].path} has no field for a bare text. Write FIELD=VALUE.`
    : `No installed plugin has an endpoint for the task "${task}".`;
  throw new UsageError(reason);
}

function bodyOf(endpoint: Endpoint, model: string, { text, fields }: Request): object {
  const bare = text === undefined || !endpoint.text ? {} : { [endpoint.text]: text };
  return { model, ...bare, ...fields };
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

async function keepNoFile(): Promise<string> {
  throw new KernelError("UNSUPPORTED", "No server keeps files here. Use -o FILE.", {
    param: "response_format",
  });
}

/** Names the field as it was written, as the server does. */
function inWireNames(error: unknown, { fields }: Endpoint): unknown {
  const { code, message, param } = failure(error, fields).body.error;
  if (code === null || param === null) return error;
  return new KernelError(code, message, { param, cause: error });
}
