import type { Launch } from "@kindred/core";
import { hubSource } from "@kindred/core/hub";
import type { ModelsLock } from "@kindred/core/hub";
import { announcedSource } from "./announced-source.ts";
import type { DownloadAnnouncer } from "./announced-source.ts";
import { parseArguments } from "./arguments.ts";
import { counted } from "./counted.ts";
import { downloadBars } from "./download-bars.ts";
import { downloadLines } from "./download-lines.ts";
import { parseHub } from "./hub-flag.ts";
import { parseLaunches } from "./launches.ts";
import { lockedFlag, lockFile, lockToChange, readLock, writeLock } from "./lock-file.ts";
import { LockRecord } from "./lock-record.ts";
import { memoryOf, modelFlags } from "./model-flags.ts";
import { openKernel } from "./open-kernel.ts";
import type { OpenOptions } from "./open-kernel.ts";
import { print, printError } from "./print.ts";
import { quietLogger } from "./log/log.ts";
import { UsageError } from "./usage-error.ts";

/** Downloads what serving each name would read, one name after another, and checks that it can be served. */
export async function pull(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      ...modelFlags,
      ...lockedFlag,
      lock: { type: "boolean", default: false },
    },
  });
  const { lock, locked } = values;
  const memory = memoryOf(values);
  if (lock && locked)
    throw new UsageError("--lock writes models.lock.json, --locked obeys it. Use one.");
  if (positionals.length === 0) {
    if (locked) return pullLocked(await readLock());
    throw new UsageError("kindred pull needs a name: OWNER/NAME, or one of kindred models.");
  }
  const hub = parseHub(values.source);
  const launches = parseLaunches(positionals, values);
  if (lock) return pullAndLock(launches, { hub, memory });
  const obeyed = locked ? { lock: await readLock(), verify: true } : {};
  await pullEach(launches, { hub, memory, ...obeyed });
}

async function pullEach(launches: readonly Launch[], options: Partial<OpenOptions>): Promise<void> {
  await using kernel = await openKernel({
    ...options,
    launches: [],
    refresh: true,
    announcer,
    logger: quietLogger,
  });
  for (const launch of launches) {
    await kernel.load(launch);
    await kernel.unload(launch.id);
    print(`${launch.id} can be served`);
  }
}

/** Nothing is written unless every name can be served. */
async function pullAndLock(
  launches: readonly Launch[],
  options: Pick<OpenOptions, "hub" | "memory">,
): Promise<void> {
  const before = await lockToChange();
  const record = new LockRecord();
  await pullEach(launches, { ...options, listener: record });
  for (const { source } of launches) record.check(source);
  await writeLock(before, record.models);
  print(`wrote ${counted(record.models.size, "model")} to ${lockFile}`);
}

/** Fetches exactly the files of a lock, also those of models that are only attached to others, and hashes all of them. */
async function pullLocked(lock: ModelsLock): Promise<void> {
  const source = announcedSource(hubSource({ lock, verify: true }), announcer);
  const call = { signal: new AbortController().signal, onEvent() {} };
  for (const [name, { commit, files }] of lock.models) {
    const found = await source.find(name, call);
    await found.fetch([...files.keys()], call);
    print(`${name} at ${commit.slice(0, 7)} is as in ${lockFile}`);
  }
}

function announcer(): DownloadAnnouncer {
  return process.stderr.isTTY ? downloadBars(process.stderr) : downloadLines(printError);
}
