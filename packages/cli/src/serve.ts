import { KernelError } from "@kindred/core";
import type { Kernel, Launch, Logger, ModelInfo } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";
import { isLoopback, Limits, openMetrics, openSpans, serve as listen } from "@kindred/server-koa";
import type { Serving } from "@kindred/server-koa";
import type { Effective } from "./configuration/config.ts";
import { readConfiguration } from "./configuration/configuration.ts";
import { readFlags } from "./configuration/flags.ts";
import { strangeVariables } from "./configuration/variables.ts";
import { ConfiguredModels } from "./configured-models.ts";
import { downloadLinesOfServer } from "./download-lines.ts";
import { echoes } from "./echo.ts";
import { openFiles } from "./files.ts";
import { invitation } from "./invitation.ts";
import { openKeys } from "./keys.ts";
import { inCommandLine } from "./launch-notation.ts";
import { configuredLaunches } from "./launches.ts";
import { checkAliases, lifecycleOf } from "./lifecycle.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { lockOption } from "./lock-file.ts";
import { openLog } from "./log/log.ts";
import { onceFetched } from "./once-fetched.ts";
import { openKernelWithRegistry } from "./open-kernel.ts";
import { print } from "./print.ts";
import { hearHangups, reloadOnChange } from "./reload.ts";
import { limitsOf, pictureLimits, serverOptions } from "./server-options.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/** Serves models over HTTP until a signal comes. A second signal ends it at once. */
export async function serve(args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  const hangups = hearHangups();
  const configuration = await readConfiguration(flags, process.env);
  const { values } = configuration;
  const log = openLog(values.log);
  for (const sentence of strangeVariables(process.env)) log.warn({}, sentence);
  const launches = configuredLaunches(values);
  const lifecycle = lifecycleOf(values);
  const keys = await openKeys(values, log);
  const files = await openFiles(values);
  const { kernel, registry, onDemand } = await openKernelWithRegistry({
    launches,
    hub: values.source ?? "huggingface",
    memory: values.memory,
    data: values.data,
    limits: pictureLimits(values),
    lifecycle,
    ...(await lockOption(values.locked ?? false)),
    announcer: () => downloadLinesOfServer((line) => log.info({}, line)),
    logger: log,
  });
  if (!values.keepGoing) await refuseFailed(kernel, launches);
  await refuseAliases(lifecycle, kernel, registry);
  for (const model of kernel.models()) print(line(model));
  const limits = new Limits(limitsOf(values));
  const serving = await listen(kernel, {
    ...serverOptions(values),
    limits,
    files,
    logger: log,
    ...(keys && { keys: keys.keys }),
    ...(values.metrics && {
      metrics: openMetrics(kernel, { prefix: values.metricsPrefix ?? "kindred" }),
    }),
    spans: openSpans(),
    lifecycle: { registry, onDemand },
  });
  const models = new ConfiguredModels(kernel, launches, log);
  reloadOnChange(configuration, { flags, hangups, models, keys, limits, log });
  print(`listening on ${serving.url}`);
  if (values.playground) print(`a page to try the models on: ${serving.url}/`);
  if (values.models === undefined) print(invitation(serving.url, keys !== undefined));
  if (!keys) warnIfOpen(values, log);
  await ended(serving);
  endUnread();
}

function warnIfOpen({ host = "" }: Effective, log: Logger): void {
  if (host !== "localhost" && !isLoopback(host)) log.warn({}, openToAll(host));
}

function openToAll(host: string): string {
  return `${host} is reachable from other machines, and there is no key: whoever reaches it may draw, embed and rerank with all models, and read which there are. Launching models stays with this machine. Give it a key: KINDRED_API_KEY, --api-key or --api-key-file.`;
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
