import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { addChild } from "../child-processes.ts";
import type { ChildKind } from "../child-processes.ts";
import { channel, lifeline, encodeFrame, receiveFrames } from "./frames.ts";
import type { Frame } from "./frames.ts";

/** A process that answers requests in their order. It keeps this one from ending only while it has requests to answer. */
export interface ScriptProcess<Request, Reply> {
  /** Payloads are read until the reply and never changed. Rejects with the `Ending` when the process ends before its answer. */
  request(frame: Frame<Request>): Promise<Frame<Reply>>;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
  /** Resolves when the process is gone and its memory is back. */
  readonly ended: Promise<Ending>;
}

/** How a process ended. Code and signal are both null when it could not be started. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its standard error, or why it could not be started. */
  readonly lastWords: string;
}

interface Waiting<Reply> {
  resolve(reply: Frame<Reply>): void;
  reject(ending: Ending): void;
}

/** In characters. */
const maxLastWords = 2000;

export interface ProcessOptions {
  readonly kind: ChildKind;
  /** Flags of Node and V8. Default: none. */
  readonly flags?: readonly string[];
  /** Environment variables beside those that are passed on, which win. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The server's variables that native libraries need: paths, devices, temporary files. Its secrets and flags are not passed on. */
const inherited =
  /^(PATH|HOME|TMPDIR|TEMP|TMP|SystemRoot|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(CUDA|NVIDIA|MALLOC|RAYON|TOKENIZERS)_.*)$/i;

/** Runs a script in a process that has a channel, a lifeline, its standard error and few environment variables. */
export function startProcess<Request, Reply>(
  script: string,
  { kind, flags = [], environment = {} }: ProcessOptions,
): ScriptProcess<Request, Reply> {
  const passedOn = Object.entries(process.env).filter(([name]) => inherited.test(name));
  const child = spawn(process.execPath, [...flags, script], {
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
    env: { ...environment, ...Object.fromEntries(passedOn) },
    windowsHide: true,
  });
  // The process has no pipes when no more files can be opened.
  if (!child.stdio) return unstarted(child);
  const pipe = child.stdio[channel] as Socket;
  const held = child.stdio[lifeline] as Socket;
  const stderr = child.stderr as Socket;
  const handles = [child, pipe, held, stderr];
  const waiting: Waiting<Reply>[] = [];
  let ending: Ending | undefined;
  let lastWords = "";
  let killed = false;

  stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-maxLastWords);
  });
  child.on("error", (error) => {
    lastWords = error.message;
  });
  // A process that ends breaks its pipe. Its exit says more.
  for (const each of [pipe, held]) each.on("error", () => {});
  const hold = (): void => {
    for (const handle of handles) handle.ref();
  };
  const release = (): void => {
    if (!killed) for (const handle of handles) handle.unref();
  };
  release();
  const forget = child.pid === undefined ? () => {} : addChild({ kind, pid: child.pid });
  const replies = answerInOrder(pipe, waiting, release);

  const ended = new Promise<Ending>((resolve) => {
    child.once("close", async (code, signal) => {
      forget();
      await replies;
      ending = { code: child.pid === undefined ? null : code, signal, lastWords: lastWords.trim() };
      for (const { reject } of waiting.splice(0)) reject(ending);
      resolve(ending);
    });
  });

  return {
    ended,
    kill() {
      killed = true;
      hold();
      child.kill("SIGKILL");
    },
    request: (frame) =>
      new Promise((resolve, reject) => {
        if (ending !== undefined) return reject(ending);
        waiting.push({ resolve, reject });
        hold();
        for (const piece of encodeFrame(frame)) pipe.write(piece);
      }),
  };
}

/** A process that could not be started: its ending is known once the reason is. */
function unstarted(child: ChildProcess): ScriptProcess<never, never> {
  const ended = once(child, "error").then(([error]): Ending => {
    return { code: null, signal: null, lastWords: error.message };
  });
  return { ended, kill() {}, request: async () => Promise.reject(await ended) };
}

async function answerInOrder<Reply>(
  pipe: Socket,
  waiting: Waiting<Reply>[],
  allAnswered: () => void,
): Promise<void> {
  try {
    for await (const reply of receiveFrames<Reply>(pipe)) {
      waiting.shift()?.resolve(reply);
      if (waiting.length === 0) allAnswered();
    }
  } catch {
    // The pipe broke: "close" tells why.
  }
}
