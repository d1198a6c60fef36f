import { fileURLToPath } from "node:url";
import { builtModule } from "../shared/built-module.ts";
import type { DeviceLease } from "../device.ts";
import { dimsOf } from "../graph.ts";
import { KernelError } from "../errors.ts";
import type { GraphRuntime, GraphSource, OpenGraph } from "../graph.ts";
import { type Attempt, ended, refused } from "./failure.ts";
import { type Ending, type GraphProcess, startProcess } from "./graph-process.ts";
import { decodeTensors, encodeTensors, type OpenRequest, type Request } from "./protocol.ts";

export interface ProcessRuntimeOptions {
  /** Path of the script that graphs run in; default the one beside this module. */
  readonly script?: string;
}

/** What the process of an open graph takes without weights: resident memory with Node 20 and onnxruntime 1.30 on Linux. */
export const processBytes = 95_000_000;

/** Opens each graph in a process of its own: no run blocks the server, no crash ends it, and closing gives the memory back. */
export function processRuntime(options: ProcessRuntimeOptions = {}): GraphRuntime {
  const script = options.script ?? fileURLToPath(builtModule("./child.js", import.meta.url));
  return {
    overheadBytes: processBytes,
    async open(source, lease) {
      const child = startProcess(script);
      try {
        await openIn(child, source, lease);
      } catch (error) {
        child.kill();
        await child.ended;
        throw error;
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
  const attempt: Attempt = { code: "LOAD_FAILED", graph, needs: peakBytes + processBytes, lease };
  await ask(child, request, typeof model === "string" ? [] : [model], attempt);
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
      const needs = idle.needs + (source.workspace?.(dimsOf(feeds)) ?? 0);
      const request: Request = { kind: "run", feeds: heads, outputs };
      try {
        const reply = await ask(child, request, payloads, { ...idle, needs });
        return decodeTensors(reply.outputs, reply.payloads);
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

async function ask(
  child: GraphProcess,
  request: Request,
  payloads: readonly Uint8Array[],
  attempt: Attempt,
) {
  const { message, payloads: answer } = await child
    .request(request, payloads)
    .catch((ending: Ending) => {
      throw ended(attempt, ending);
    });
  if (message.kind === "failed") throw refused(attempt, message.message);
  return { outputs: message.outputs, payloads: answer };
}
