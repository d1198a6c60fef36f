import { watchFile } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { readConfiguration } from "./configuration/configuration.ts";
import type { Configuration } from "./configuration/configuration.ts";
import type { Flags } from "./configuration/flags.ts";
import type { ConfiguredModels } from "./configured-models.ts";
import type { Limits } from "@kindred/server-koa";
import type { OpenedKeys } from "./keys.ts";
import { configuredLaunches } from "./launches.ts";
import { limitsOf } from "./server-options.ts";
import type { Log } from "./log/log.ts";

/** Milliseconds between two looks at the file. */
const interval = 1_000;

/** Has a listener hear of each SIGHUP, at once of one that came before. */
export type Hangups = (listener: () => void) => void;

/** Hears SIGHUP from now on, so that one which comes while a server starts does not end it. */
export function hearHangups(): Hangups {
  let heard: (() => void) | undefined;
  let hasMissed = false;
  process.on("SIGHUP", () => {
    if (heard) heard();
    else hasMissed = true;
  });
  return (listener) => {
    heard = listener;
    if (hasMissed) listener();
  };
}

/** What of a server its configuration can change. */
export interface Reloadable {
  readonly hangups: Hangups;
  readonly flags: Flags;
  readonly models: ConfiguredModels;
  readonly keys: OpenedKeys | undefined;
  readonly limits: Limits;
  readonly log: Log;
}

/** Reads a server's configuration again on SIGHUP, and once its file has changed. `started` is the one that it was started with. */
export function reloadOnChange(started: Configuration, server: Reloadable): void {
  const { file } = started;
  let reading = Promise.resolve();
  const read = (): void => {
    reading = reading.then(() => (file === undefined ? withoutFile(server) : reload(file)));
  };
  const reload = async (path: string): Promise<void> => {
    const { log } = server;
    try {
      await readAgain(path, started, server);
    } catch (error) {
      const facts = { file: path, reason: (error as Error).message };
      log.error(facts, "the configuration stays as it was");
    }
  };
  server.hangups(read);
  if (file !== undefined) watchFile(file, { interval, persistent: false }, read);
}

async function withoutFile({ keys, log }: Reloadable): Promise<void> {
  log.info({}, "there is no configuration file to read again");
  await keys?.readAgain();
}

/** Rejects, with nothing changed, where the file or a file of keys is wrong. */
async function readAgain(
  file: string,
  started: Configuration,
  { flags, models, keys, limits, log }: Reloadable,
): Promise<void> {
  const next = await readConfiguration({ ...flags, config: file }, process.env);
  const launches = configuredLaunches(next.values);
  await keys?.replace(next.values);
  limits.replace(limitsOf(next.values));
  log.level = next.values.log.level ?? "info";
  log.info({ file }, "the configuration was read again");
  for (const setting of restartsFor(started, next, keys === undefined))
    log.warn({ setting }, "a changed setting needs a restart");
  // A model may be downloaded first. The next reading need not wait for that.
  void models.change(launches);
}

/** The names of the settings that differ and cannot be changed. A server without keys is closed by none that come later. */
function restartsFor(
  { origins: before }: Configuration,
  { origins: after }: Configuration,
  isOpen: boolean,
): readonly string[] {
  return after
    .filter(({ setting, value }, i) => {
      const isKey = setting.isSecret || setting.name === "keyFile";
      const isFixed = !setting.isLive || (isKey && isOpen);
      return isFixed && !isDeepStrictEqual(before[i]!.value, value);
    })
    .map(({ setting }) => setting.name);
}
