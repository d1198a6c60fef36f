import { createRequire } from "node:module";
import { isKernelError } from "@kindred/core";
import { models } from "./models.ts";
import { run } from "./run.ts";
import { serve } from "./serve.ts";
import { usage, UsageError } from "./usage.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  serve,
  run,
  models,
};

/** Runs a command line; its exit status is 0, 1 when the work failed, 2 when the command line is wrong. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await command(args);
    return 0;
  } catch (error) {
    process.stderr.write(`kindred: ${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function command([name, ...rest]: readonly string[]): Promise<void> {
  if (name === "--version" || name === "-v") return print(version());
  const wantsHelp = [name, ...rest].some((each) => each === "--help" || each === "-h");
  if (name === undefined || wantsHelp) return print(usage.trimEnd());
  const chosen = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!chosen) throw new UsageError(`There is no command "${name}".`);
  await chosen(rest);
}

/** Errors that are meant to be read have no need of a stack. */
function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\nSee kindred --help.`;
  if (isKernelError(error)) {
    return error.param === undefined ? error.message : `${error.message} (${error.param})`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function version(): string {
  const manifest = createRequire(import.meta.url)("../package.json") as { version: string };
  return manifest.version;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
