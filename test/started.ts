import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Started extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Its standard output and error so far. */
  readonly output: string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves to its exit status once it has ended. */
  readonly ended: Promise<number | null>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with the process before it listens. */
  started?(child: ChildProcess): void;
}

/** Starts a script as a process of its own, and waits until it prints "listening on URL". Disposal ends it by SIGTERM. */
export async function start(
  script: string | URL,
  args: readonly string[] = [],
  { started, ...options }: StartOptions = {},
): Promise<Started> {
  const path = typeof script === "string" ? script : fileURLToPath(script);
  const child = spawn(process.execPath, [path, ...args], options);
  started?.(child);
  const ended = once(child, "close").then(([code]) => code as number | null);
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const [, found] = /listening on (http:\S+)\n/.exec(output) ?? [];
        if (found) resolve(found);
      });
    }
    void ended.then((code) =>
      reject(new Error(`It ended with ${code} before it listened:\n${output}`)),
    );
  });
  return {
    url,
    pid: child.pid!,
    ended,
    get output() {
      return output;
    },
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

/** The script of the command line. */
export const kindred: URL = new URL("../packages/cli/bin/kindred.js", import.meta.url);
