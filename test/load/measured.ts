import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Launch, ModelInfo } from "@kindred/core";

export interface MeasuredOptions {
  readonly models?: readonly Launch[];
  /** Bytes. Default: the budget allocator's. */
  readonly memory?: number;
  readonly threads?: number;
  /** Milliseconds that requests have to finish after SIGTERM. */
  readonly deadline?: number;
  /** Replaces the script of graph processes. */
  readonly script?: string;
}

export interface Counts {
  readonly started: number;
  readonly ended: number;
}

export type Lag = Readonly<Record<"samples" | "median" | "p99" | "max", number>>;

export interface Figures {
  /** Milliseconds that a timer was late: in all, and because of the server itself. */
  readonly lag: Readonly<Record<"all" | "own", Lag>>;
  readonly runs: Counts;
  readonly opened: Counts;
  readonly models: readonly ModelInfo[];
}

export interface Held {
  readonly requests: number;
  readonly signals: number;
  readonly resources: readonly string[];
}

/** A server in a process of its own, and its reports. Disposal ends it by SIGTERM. */
export interface Measured extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Its standard error so far. */
  readonly complaints: string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  kill(signal: NodeJS.Signals): void;
  ask(name: "figures"): Promise<Figures>;
  ask(name: "held"): Promise<Held>;
  ask(name: "resetLag" | "disconnect" | "close"): Promise<void>;
  ask(name: "load", launch: Launch, options?: { warm?: boolean }): Promise<ModelInfo>;
  ask(name: "unload", id: string): Promise<void>;
  ask(name: "runsUntilAnswer", model: string, input: readonly string[]): Promise<number>;
}

const script = fileURLToPath(new URL("measured-server.mjs", import.meta.url));

export async function measured(options: MeasuredOptions = {}): Promise<Measured> {
  const server = fork(script, [JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  let complaints = "";
  server.stderr!.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const ended = once(server, "close").then(([code, signal]) => ({ code, signal }));
  const waiting = new Map<number, PromiseWithResolvers>();
  let asked = 0;
  const [{ url }] = await Promise.race([once(server, "message"), ended.then(unexpected)]);
  server.on("message", ({ id, value, error }: any) => {
    const { resolve, reject } = waiting.get(id)!;
    waiting.delete(id);
    if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
    else resolve(value);
  });
  void ended.then(() => waiting.forEach(({ reject }) => reject(new Error("The server ended."))));

  function unexpected(): never {
    throw new Error(`The server did not start: ${complaints}`);
  }
  return {
    url,
    pid: server.pid!,
    ended,
    get complaints() {
      return complaints;
    },
    kill: (signal) => void server.kill(signal),
    ask: (name: string, ...parameters: unknown[]) =>
      new Promise<any>((resolve, reject) => {
        waiting.set(++asked, { resolve, reject });
        server.send({ id: asked, name, parameters });
      }),
    async [Symbol.asyncDispose]() {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

interface PromiseWithResolvers {
  resolve(value: any): void;
  reject(error: Error): void;
}
