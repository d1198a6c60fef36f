import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { receiveFrames } from "./frames.ts";
import { channel, encodeFrame, type Frame, type Reply, type Request } from "./protocol.ts";

/** A process that answers requests in their order. It keeps this one from ending only while there are any. */
export interface GraphProcess {
  /** Payloads are read until the reply and never changed. Rejects with the Ending when the process ends before it has answered. */
  request(request: Request, payloads: readonly Uint8Array[]): Promise<Frame<Reply>>;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
  /** Resolves when the process is gone and its memory is back. */
  readonly ended: Promise<Ending>;
}

/** Without code and signal: it was never started. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to its standard error. */
  readonly lastWords: string;
}

interface Waiting {
  resolve(reply: Frame<Reply>): void;
  reject(ending: Ending): void;
}

const lastWordsLength = 2000;

/** Else glibc keeps what onnxruntime frees while it rearranges weights: 0.5 of 4.5 GB for Stable Diffusion's UNet. */
const givesMemoryBack = { MALLOC_MMAP_THRESHOLD_: "131072" };

/** onnxruntime 1.30 reports each session to its makers, and leaves a log in the folder for temporary files. */
const keepsToItself = { ORT_DISABLE_TELEMETRY: "1" };

/** Starts a script in a process with nothing but a channel, its standard error and what native libraries look for in the environment. */
export function startProcess(script: string): GraphProcess {
  const child = spawn(process.execPath, ["--expose-gc", script], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
    env: { ...givesMemoryBack, ...keepsToItself, ...nativeEnvironment() },
    windowsHide: true,
  });
  // Where no file can be opened any more, it has no pipes.
  if (!child.stdio) return unstarted(child);
  const pipe = child.stdio[channel] as Socket;
  const stderr = child.stderr as Socket;
  const handles = [child, pipe, stderr];
  const waiting: Waiting[] = [];
  let ending: Ending | undefined;
  let lastWords = "";
  let killed = false;

  stderr.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-lastWordsLength);
  });
  child.on("error", (error) => {
    lastWords = error.message;
  });
  // A broken pipe is how a process that ends looks from here; its exit says more.
  pipe.on("error", () => {});
  const hold = (): void => handles.forEach((handle) => handle.ref());
  const release = (): void => {
    if (!killed) handles.forEach((handle) => handle.unref());
  };
  release();
  const replies = answerInOrder(pipe, waiting, release);

  const ended = new Promise<Ending>((resolve) => {
    child.once("close", async (code, signal) => {
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
    request: (request, payloads) =>
      new Promise((resolve, reject) => {
        if (ending !== undefined) return reject(ending);
        waiting.push({ resolve, reject });
        hold();
        for (const piece of encodeFrame({ message: request, payloads })) pipe.write(piece);
      }),
  };
}

/** Told as an ending, once the reason is known. */
function unstarted(child: ChildProcess): GraphProcess {
  const ended = once(child, "error").then(([error]): Ending => {
    return { code: null, signal: null, lastWords: error.message };
  });
  return { ended, kill() {}, request: async () => Promise.reject(await ended) };
}

async function answerInOrder(
  pipe: Socket,
  waiting: Waiting[],
  answered: () => void,
): Promise<void> {
  try {
    for await (const reply of receiveFrames<Reply>(pipe)) {
      waiting.shift()?.resolve(reply);
      if (waiting.length === 0) answered();
    }
  } catch {
    // The pipe broke: "close" tells why.
  }
}

/** Not the server's flags and secrets; only what finds shared libraries, devices and a place for temporary files. */
function nativeEnvironment(): NodeJS.ProcessEnv {
  const names =
    /^(PATH|HOME|TMPDIR|TEMP|TMP|SystemRoot|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(CUDA|NVIDIA|MALLOC)_.*)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)));
}
