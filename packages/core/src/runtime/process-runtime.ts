import { fileURLToPath } from "node:url";
import type { DeviceLease } from "../device.ts";
import { KernelError } from "../errors.ts";
import { dimsOf } from "../graph.ts";
import type { GraphRuntime, GraphSource, OpenGraph } from "../graph.ts";
import { builtModule } from "../shared/built-module.ts";
import { ended, refused } from "./failure.ts";
import type { Attempt } from "./failure.ts";
import type { Frame } from "../process/frames.ts";
import { startProcess } from "../process/script-process.ts";
import type { Ending, ProcessOptions, ScriptProcess } from "../process/script-process.ts";
import { decodeTensors, encodeTensors } from "./tensors.ts";
import type { OpenRequest, Reply, Request, TensorHead } from "./protocol.ts";

/** The process of one open graph. */
type GraphProcess = ScriptProcess<Request, Reply>;

export interface ProcessRuntimeOptions {
  /** Path of the script that a graph's process runs. Default: the one beside this module. */
  readonly script?: string;
}

/** The environment variables of a graph's process, beside those that it inherits. */
export const graphEnvironment: Readonly<Record<string, string>> = {
  // Otherwise glibc keeps what onnxruntime frees while it rearranges weights: 0.5 of 4.5 GB for Stable Diffusion's UNet.
  MALLOC_MMAP_THRESHOLD_: "131072",
  // Otherwise onnxruntime 1.30 reports each session to its makers, and leaves a log in the folder for temporary files.
  ORT_DISABLE_TELEMETRY: "1",
};

// `child.ts` asks for collections.
const processOptions: ProcessOptions = {
  kind: "graph",
  flags: ["--expose-gc"],
  environment: graphEnvironment,
};

/** Memory of an open graph's process without weights: resident memory with Node 20 and onnxruntime 1.30 on Linux. */
export const processBytes = 103_000_000;

/** Opens each graph in a process of its own: no run blocks the server, no crash ends it, and closing gives the memory back. */
export function processRuntime(options: ProcessRuntimeOptions = {}): GraphRuntime {
  const script = options.script ?? fileURLToPath(builtModule("./child.js", import.meta.url));
  return {
    overheadBytes: processBytes,
    async open(source, lease, signal) {
      const child = startProcess<Request, Reply>(script, processOptions);
      const kill = () => child.kill();
      signal?.addEventListener("abort", kill, { once: true });
      if (signal?.aborted) kill();
      try {
        await openIn(child, source, lease);
        signal?.throwIfAborted();
      } catch (error) {
        kill();
        await child.ended;
        throw signal?.aborted ? signal.reason : error;
      } finally {
        signal?.removeEventListener("abort", kill);
      }
      return openGraph(child, source, lease);
    },
  };
}

async function openIn(child: GraphProcess, source: GraphSource, lease: DeviceLease): Promise<void> {
  const { name: graph, model, folder, inputs, outputs, peakBytes } = source;
  const { id: device, provider } = lease.device;
  const request: OpenRequest = {
    kind: "open",
    ...(typeof model === "string" ? { path: model } : {}),
    folder,
    inputs,
    outputs,
    device,
    provider,
    threads: lease.threads,
  };
  const payloads = typeof model === "string" ? [] : [model];
  const needs = peakBytes + processBytes;
  await ask(child, { message: request, payloads }, () => ({
    code: "LOAD_FAILED",
    graph,
    needs,
    lease,
  }));
}

function openGraph(child: GraphProcess, source: GraphSource, lease: DeviceLease): OpenGraph {
  let disposed = false;
  const idle: Attempt = {
    code: "GRAPH_FAILED",
    graph: source.name,
    needs: source.bytes + processBytes,
    lease,
  };
  const closed = child.ended.then((ending) => {
    if (!disposed) throw ended(idle, ending);
  });
  // Nobody has to listen.
  closed.catch(() => {});

  return {
    closed,
    async run(feeds, outputs) {
      const { heads, payloads } = encodeTensors(feeds);
      const request: Request = { kind: "run", feeds: heads, outputs };
      try {
        const reply = await ask(child, { message: request, payloads }, () => {
          const workspace = source.workspace?.(dimsOf(feeds)) ?? 0;
          return { ...idle, needs: idle.needs + workspace };
        });
        return decodeTensors(reply.message, reply.payloads);
      } catch (error) {
        if (!disposed) throw error;
        throw new KernelError("CLOSED", `Graph "${source.name}" was closed.`, { cause: error });
      }
    },
    async [Symbol.asyncDispose]() {
      disposed = true;
      child.kill();
      await child.ended;
    },
  };
}

/** The outputs that the process answers with. `attempt` is called for the error of a failure. */
async function ask(
  child: GraphProcess,
  frame: Frame<Request>,
  attempt: () => Attempt,
): Promise<Frame<readonly TensorHead[]>> {
  const { message, payloads } = await child.request(frame).catch((ending: Ending) => {
    throw ended(attempt(), ending);
  });
  if (message.kind === "failed") throw refused(attempt(), message.message);
  return { message: message.outputs, payloads };
}
