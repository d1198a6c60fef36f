/**
 * The process of one open graph, and the only module that loads onnxruntime. It answers one request at a time and may
 * block on everything; the end of the channel, when the server is gone, ends it.
 */
import { writeFileSync } from "node:fs";
import { InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
import type { Tensor as GraphTensor, TensorType } from "../graph.ts";
import { receive, send } from "./child-channel.ts";
import {
  decodeTensors,
  encodeTensors,
  type Frame,
  type OpenRequest,
  type Reply,
  type Request,
  type RunRequest,
  tensorTypes,
} from "./protocol.ts";

interface ExecutionProvider extends InferenceSession.ExecutionProviderOption {
  readonly deviceId?: number;
}

const collectAfter = 8_000_000;

// Ctrl-C and a service's stop reach the whole group: the server finishes its runs first, then closes us.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});
giveWayWhenMemoryIsShort();

let session: InferenceSession;
let uncollected = 0;

for (let request = receive(); request !== undefined; request = receive()) {
  const reply = await answer(request);
  send(reply);
  collect([...request.payloads, ...reply.payloads]);
}

async function answer({ message, payloads }: Frame<Request>): Promise<Frame<Reply>> {
  try {
    if (message.kind === "run") return await run(message, payloads);
    session = await open(message, payloads[0]);
    return { message: { kind: "done", outputs: [] }, payloads: [] };
  } catch (error) {
    return { message: { kind: "failed", message: (error as Error).message }, payloads: [] };
  }
}

async function open(request: OpenRequest, model?: Uint8Array): Promise<InferenceSession> {
  const options = sessionOptions(request);
  const opened = await (request.path === undefined
    ? InferenceSession.create(model ?? new Uint8Array(), options)
    : InferenceSession.create(request.path, options));
  check("input", request.inputs, opened.inputMetadata);
  check("output", request.outputs, opened.outputMetadata);
  return opened;
}

async function run(request: RunRequest, payloads: Frame<Request>["payloads"]): Promise<Frame<Reply>> {
  const feeds = Object.entries(decodeTensors(request.feeds, payloads));
  const results = await session.run(
    Object.fromEntries(feeds.map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)])),
    request.outputs,
  );
  const outputs: Record<string, GraphTensor> = {};
  for (const name of request.outputs) {
    const { type, dims, data } = results[name] as Tensor;
    if (type === "float32") checkFinite(name, data as Float32Array);
    outputs[name] = { type: type as TensorType, dims, data: data as GraphTensor["data"] };
  }
  const { heads, payloads: bytes } = encodeTensors(outputs);
  return { message: { kind: "done", outputs: heads }, payloads: bytes };
}

function sessionOptions(request: OpenRequest): InferenceSession.SessionOptions {
  return {
    executionProviders: [executionProvider(request)],
    intraOpNumThreads: request.threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    enableCpuMemArena: true,
    // Patterns are kept per shape, and shapes differ from run to run.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        model_external_initializers_file_folder_path: request.folder,
        // Threads that wait by spinning would take the cores from the other graphs and from the server.
        intra_op: { allow_spinning: "0" },
      },
    },
  };
}

/** "cuda:1" is the second device of "cuda". */
function executionProvider({ provider, device }: OpenRequest): ExecutionProvider {
  const offered = listSupportedBackends().map(({ name }) => name);
  if (!offered.includes(provider)) {
    throw new Error(`"${device}" needs the provider "${provider}"; this onnxruntime has ${offered.join(", ")}`);
  }
  const index = device.split(":")[1];
  return index === undefined ? { name: provider } : { name: provider, deviceId: Number(index) };
}

function check(
  side: "input" | "output",
  declared: readonly string[],
  actual: readonly InferenceSession.ValueMetadata[],
): void {
  for (const name of declared) {
    const value = actual.find((one) => one.name === name);
    if (value === undefined) {
      const names = actual.map((one) => one.name).join(", ");
      throw new Error(`the graph has no ${side} "${name}", but ${names}`);
    }
    const type = value.isTensor ? value.type : "no tensor";
    if (!tensorTypes.includes(type)) {
      throw new Error(
        `its ${side} "${name}" is ${type}, which graphs exchange as none of ${tensorTypes.join(", ")}; ` +
          `export it with float32 ${side}s, or cast them inside the graph`,
      );
    }
  }
}

function checkFinite(name: string, data: Float32Array): void {
  // A product with zero is NaN for NaN and the infinities alone: one branch for the whole tensor.
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i] as number) * 0;
  if (Number.isNaN(sum)) {
    const index = data.findIndex((value) => !Number.isFinite(value));
    throw new Error(`its output "${name}" has ${data[index]} at ${index} of ${data.length}`);
  }
}

/** Tensors lie outside V8's heap, which by itself would let tens of megabytes of them gather. */
function collect(payloads: readonly Uint8Array[]): void {
  for (const { byteLength } of payloads) uncollected += byteLength;
  if (uncollected < collectAfter) return;
  globalThis.gc?.();
  uncollected = 0;
}

/** Where memory runs out, Linux is to end this process rather than the server. */
function giveWayWhenMemoryIsShort(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "500");
  } catch {
    // Not Linux: there is nothing to say.
  }
}
