import { parseArguments } from "./arguments.ts";
import { hubFlag, parseHub } from "./hub-flag.ts";
import { launchFlags, parseLaunches } from "./launches.ts";
import { openKernel } from "./open-kernel.ts";
import { print } from "./print.ts";
import { quietLogger } from "./terminal-logger.ts";
import { UsageError } from "./usage.ts";

/** Downloads what serving each name would read, one name after another, and checks that it can be served. */
export async function pull(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: { ...launchFlags, ...hubFlag, memory: { type: "string" } },
  });
  if (positionals.length === 0) {
    throw new UsageError("kindred pull needs a name: OWNER/NAME, or one of kindred models.");
  }
  const { memory } = values;
  const hub = parseHub(values.source);
  const launches = parseLaunches(positionals, values);
  await using kernel = await openKernel({
    launches: [],
    hub,
    memory,
    refresh: true,
    logger: quietLogger,
  });
  for (const launch of launches) {
    await kernel.load(launch);
    await kernel.unload(launch.id);
    print(`${launch.id} can be served`);
  }
}
