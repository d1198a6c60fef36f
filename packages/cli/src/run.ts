import { inWireNames, KernelError } from "@kindred/core";
import type { Endpoint, Kernel, Launch } from "@kindred/core";
import { replyTo } from "@kindred/server-koa";
import { parseArguments } from "./arguments.ts";
import { checkWritable, destinationOf } from "./destination.ts";
import { bodyFor } from "./file-format.ts";
import { parseHub } from "./hub-flag.ts";
import { parseLaunches } from "./launches.ts";
import { lockedFlag, lockOption } from "./lock-file.ts";
import { memoryOf, modelFlags } from "./model-flags.ts";
import { openKernel } from "./open-kernel.ts";
import { printJson, printShown } from "./output.ts";
import type { Output } from "./output.ts";
import { printError } from "./print.ts";
import { progressBar } from "./progress.ts";
import { parseRequest } from "./request.ts";
import { withFiles } from "./request-files.ts";
import type { Request } from "./request.ts";
import { quietLogger } from "./log/log.ts";
import { UsageError } from "./usage-error.ts";

/** Runs one request through the codec of its model's endpoint, without HTTP. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      ...modelFlags,
      ...lockedFlag,
      json: { type: "boolean", default: false },
      output: { type: "string", short: "o" },
    },
  });
  const [model, ...words] = positionals;
  if (model === undefined) throw new UsageError("kindred run needs a model: PATH or ID=PATH.");
  const request = parseRequest(words);
  const [launch] = parseLaunches([model], values);
  const { output } = values;
  const memory = memoryOf(values);
  const hub = parseHub(values.source);
  const destination = destinationOf(output);
  const wanted = { request, json: values.json, destination, kept: output !== undefined };
  const lock = await lockOption(values.locked);
  const options = { hub, memory, ...lock, logger: quietLogger };
  await using kernel = await openKernel({ ...options, launches: [] });
  await answer(kernel, launch!, wanted);
}

interface Wanted extends Omit<Output, "model"> {
  readonly request: Request;
  readonly json: boolean;
}

async function answer(kernel: Kernel, launch: Launch, wanted: Wanted): Promise<void> {
  const { request, json, destination, kept } = wanted;
  const { task } = await kernel.load(launch);
  const endpoint = endpointFor(kernel, task, request);
  // A terminal is shown the beginning of a vector. A file that is called .json has the whole reply.
  const isWhole = json || (!endpoint.fileFormat && /\.json$/i.test(destination.file ?? ""));
  const shows = endpoint.show !== undefined && !isWhole;
  if (kept || (shows && endpoint.fileFormat)) await checkWritable(destination);
  const bar = progressBar(process.stderr);
  const written = await bodyOf(endpoint, launch.id, request);
  const body = await bodyFor(endpoint, written, shows ? destination.file : undefined);
  try {
    const reply = replyTo(body, launch.id, keepNoFile);
    const { model, input, filesFor, warnings = [] } = await endpoint.decode(body);
    if (filesFor !== undefined) throw noFiles(filesFor);
    warnings.forEach((text) => reply.warn(text));
    const result = await kernel.run(endpoint.task, model ?? launch.id, input, {
      onEvent: bar.draw,
      signal: interrupted(),
    });
    bar.clear();
    const output = { ...wanted, model: launch.id };
    if (shows) await printShown(await endpoint.show!(result, reply), output);
    else await printJson(reply.withWarnings(await endpoint.encode(result, reply)), output);
    for (const warning of reply.warnings) printError(`warning: ${warning}`);
  } catch (error) {
    bar.clear();
    throw inWireNames(error, endpoint, body);
  }
}

/** The task's first endpoint that takes all files of the request, and for a bare text has a field for one. */
function endpointFor(
  kernel: Kernel,
  task: string | undefined,
  { text, fields }: Request,
): Endpoint {
  const endpoints = kernel.endpoints.filter((endpoint) => endpoint.task.name === task);
  const suited = text === undefined ? endpoints : endpoints.filter((each) => each.text);
  const files = new Set(suited.flatMap((each) => each.files ?? []));
  const needed = Object.keys(fields).filter((name) => files.has(name));
  const taking = suited.find((each) => needed.every((name) => each.files?.includes(name)));
  const chosen = taking ?? suited[0];
  if (chosen) return chosen;
  const [file] = endpoints[0]?.files ?? [];
  const advice =
    file === undefined ? "Write FIELD=VALUE." : `Write FIELD=VALUE, and ${file}=@PATH for a file.`;
  const reason = endpoints[0]
    ? `${endpoints[0].path} has no field for a bare text. ${advice}`
    : `No installed plugin has an endpoint for the task "${task}".`;
  throw new UsageError(reason);
}

async function bodyOf(
  endpoint: Endpoint,
  model: string,
  { text, fields }: Request,
): Promise<object> {
  const bare = text === undefined || !endpoint.text ? {} : { [endpoint.text]: text };
  return { model, ...bare, ...(await withFiles(endpoint, fields)) };
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => controller.abort());
  return controller.signal;
}

async function keepNoFile(): Promise<string> {
  throw noFiles();
}

function noFiles(param?: string): KernelError {
  const message = "There is no server here that keeps files. Use -o FILE.";
  return new KernelError("UNSUPPORTED", message, { param });
}
