import { KernelError } from "@kindred/core";
import type { Kernel, Launch, ModelInfo } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";
import { isLoopback, openMetrics, serve as listen } from "@kindred/server-koa";
import type { ReadyPolicy, Serving } from "@kindred/server-koa";
import { accessFlags, parseAccess } from "./access.ts";
import { parseArguments } from "./arguments.ts";
import { downloadLinesOfServer } from "./download-lines.ts";
import { echoes } from "./echo.ts";
import { parseBounds } from "./bounds.ts";
import { openFiles } from "./files.ts";
import { parseHub } from "./hub-flag.ts";
import { invitation } from "./invitation.ts";
import { keyFlags, openKeys } from "./keys.ts";
import { inCommandLine } from "./launch-notation.ts";
import { parseLaunches } from "./launches.ts";
import { lockedFlag, lockOption } from "./lock-file.ts";
import { modelFlags } from "./model-flags.ts";
import { onceFetched } from "./once-fetched.ts";
import { checkAliases, lifecycleFlags, parseLifecycle } from "./lifecycle.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { openKernelWithRegistry } from "./open-kernel.ts";
import { parsePictureLimits, pictureLimitOptions } from "./picture-limits.ts";
import { parsePort } from "./port.ts";
import { print, printError } from "./print.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { UsageError } from "./usage.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Serves models over HTTP until a signal comes. A second signal ends it at once. */
export async function serve(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "9997" },
      model: { type: "string", multiple: true, default: [] },
      ...modelFlags,
      ...lockedFlag,
      data: { type: "string" },
      "public-url": { type: "string" },
      "trust-proxy": { type: "boolean", default: false },
      "no-playground": { type: "boolean", default: false },
      metrics: { type: "boolean", default: false },
      ready: { type: "string", default: "all" },
      "keep-going": { type: "boolean", default: false },
      "file-minutes": { type: "string" },
      "file-limit": { type: "string" },
      ...pictureLimitOptions,
      ...accessFlags,
      ...keyFlags,
      ...lifecycleFlags,
      "drain-seconds": { type: "string" },
      "max-connections": { type: "string" },
    },
  });
  const { host, "trust-proxy": trustProxy } = values;
  const playground = !values["no-playground"];
  const port = parsePort(values.port);
  const ready = parseReady(values.ready);
  const hub = parseHub(values.source);
  const access = parseAccess(values);
  const bounds = parseBounds(values);
  const lifecycle = parseLifecycle(values, port);
  const keys = await openKeys(values, process.env, terminalLogger);
  const files = await openFiles(values);
  const models = [...values.model, ...positionals];
  const launches = parseLaunches(models, values);
  const { kernel, registry, onDemand } = await openKernelWithRegistry({
    launches,
    hub,
    memory: values.memory,
    data: values.data,
    limits: parsePictureLimits(values),
    lifecycle,
    ...(await lockOption(values.locked)),
    announcer: () => downloadLinesOfServer(printError),
    logger: terminalLogger,
  });
  if (!values["keep-going"]) await refuseFailed(kernel, launches);
  await refuseAliases(lifecycle, kernel, registry);
  for (const model of kernel.models()) print(line(model));
  const options = { host, port, files, trustProxy, playground, ready, logger: terminalLogger };
  const shared = {
    ...options,
    ...(keys && { keys }),
    ...(values.metrics && { metrics: openMetrics(kernel) }),
    lifecycle: { registry, onDemand },
  };
  const serving = await listen(kernel, { ...shared, ...access, ...bounds });
  print(`listening on ${serving.url}`);
  if (playground) print(`a page to try the models on: ${serving.url}/`);
  if (models.length === 0) print(invitation(serving.url, keys !== undefined));
  if (!keys && host !== "localhost" && !isLoopback(host)) printError(openToAll(host));
  await ended(serving);
  endUnread();
}

function openToAll(host: string): string {
  return `warning: ${host} is reachable from other machines, and there is no key: whoever reaches it may draw, embed and rerank with all models, and read which there are. Launching models stays with this machine. Give it a key: KINDRED_API_KEY, --api-key or --api-key-file.`;
}

/** Milliseconds that the last lines of a server have to be read. */
const lastWords = 1_000;

/** Ends the process in a moment, although nobody reads its lines: a socket's reader that stalls would keep it for ever. */
function endUnread(): void {
  setTimeout(() => process.exit(0), lastWords).unref();
}

/** Ends a kernel of which an alias stands for no model, and throws why. */
async function refuseAliases(
  lifecycle: Lifecycle,
  kernel: Kernel,
  registry: ModelRegistry,
): Promise<void> {
  try {
    checkAliases(lifecycle, kernel, registry);
  } catch (error) {
    await kernel[Symbol.asyncDispose]();
    throw error;
  }
}

/** Ends a kernel of which a model of the command line is failed, and throws why: its first request would be too late to say so. */
async function refuseFailed(kernel: Kernel, launches: readonly Launch[]): Promise<void> {
  const asked = new Set(launches.map(({ id }) => id));
  const failed = kernel.models().filter(({ id, state }) => state === "failed" && asked.has(id));
  if (failed.length === 0) return;
  const fetched = onceFetched(kernel, launches);
  await kernel[Symbol.asyncDispose]();
  const advice = "Correct that, or serve the other models with --keep-going.";
  throw new KernelError("LOAD_FAILED", [...failed.map(line), ...fetched, advice].join("\n"));
}

function line({ id, state, reason = "" }: ModelInfo): string {
  if (state === "failed") return `${id} cannot be served: ${inCommandLine(reason)}`;
  return state === "loading" ? `${id} is still loading` : `serving ${id}`;
}

async function ended(serving: Serving): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const isEcho = echoes(process.env);
    let asked = false;
    const end = (): void => {
      if (isEcho(performance.now())) return;
      if (asked) process.exit(1);
      asked = true;
      print("finishing running requests; signal again to end at once");
      serving.close().then(resolve, reject);
    };
    for (const signal of signals) process.on(signal, end);
  });
}

function parseReady(text: string): ReadyPolicy {
  if (text === "all" || text === "any") return text;
  throw new UsageError(`--ready must be all or any, not "${text}".`);
}
