import { createRequire } from "node:module";
import { isBrokenPipe } from "./broken-pipe.ts";
import { config } from "./config.ts";
import { doctor } from "./doctor.ts";
import { explain } from "./explain.ts";
import { models } from "./models.ts";
import { print, printError } from "./print.ts";
import { pull } from "./pull.ts";
import { remove } from "./remove.ts";
import { run } from "./run.ts";
import { serve } from "./serve.ts";
import { usage } from "./usage.ts";
import { UsageError } from "./usage-error.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<number | void>>> = {
  serve,
  run,
  pull,
  models,
  remove,
  config,
  doctor,
};

/** Runs a command line. Resolves to its exit status: 0, 1 when the work failed or the doctor found a problem, 2 when the command line is wrong. */
export async function main(args: readonly string[]): Promise<number> {
  const { stdout, stderr } = process;
  const failures: Error[] = [];
  // Without listeners, a server would end when the readers of its lines do, or their disk is full.
  stdout.on("error", (error) => failures.push(error));
  stderr.on("error", () => {});
  try {
    const status = await command(args);
    await new Promise((resolve) => stdout.write("", resolve));
    const [lost] = failures.filter((error) => !isBrokenPipe(error));
    if (lost) throw lost;
    return status ?? 0;
  } catch (error) {
    if (isBrokenPipe(error)) return 0;
    printError(`kindred: ${explain(error)}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function command([name, ...rest]: readonly string[]): Promise<number | void> {
  if (name === "--version" || name === "-v") return print(version());
  const wantsHelp = [name, ...rest].some((each) => each === "--help" || each === "-h");
  if (name === undefined || wantsHelp) return print(usage.trimEnd());
  const chosen = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!chosen)
    throw new UsageError(
      `There is no command "${name}". Use serve, run, pull, models, remove, config or doctor.`,
    );
  return chosen(rest);
}

function version(): string {
  const manifest = createRequire(import.meta.url)("../package.json") as { version: string };
  return manifest.version;
}
