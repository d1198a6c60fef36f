import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { EmbedOptions } from "./promises.ts";

const script = fileURLToPath(new URL("../../tools/clients/embed.py", import.meta.url));

export interface Embedded {
  readonly vectors: readonly (readonly number[])[];
  /** The prompt's tokens, where the client tells them. */
  readonly tokens: number | null;
}

/** A client of Python's in a process of its own. */
export interface PythonClient extends AsyncDisposable {
  /** Throws what the client raised, with its class as `name` and its `status`. `more` goes to the client. */
  embed(texts: readonly string[], options: EmbedOptions, more?: object): Promise<Embedded>;
}

export function pythonClient(python: string, name: string, url: string): PythonClient {
  const child = spawn(python, [script, name, url], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async embed(texts, { timeout, ...options }, more = {}) {
      const seconds = timeout !== undefined && { timeout: timeout / 1000 };
      child.stdin.write(`${JSON.stringify({ texts, ...options, ...seconds, ...more })}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended.`);
      const { error, ...embedded } = JSON.parse(value);
      if (error) throw Object.assign(new Error(error.message), error);
      return embedded;
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
