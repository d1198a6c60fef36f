/**
 * The process of one open graph, and the only module that loads onnxruntime. It answers one request at a time, and may block.
 * It ends when the server does, also during a run.
 */
import { InferenceSession, listSupportedBackends, Tensor } from "onnxruntime-node";
import type { Tensor as GraphTensor, TensorType } from "../graph.ts";
import { checkFinite, checkValues } from "./checks.ts";
import { receive, send } from "../process/child-channel.ts";
import type { Frame } from "../process/frames.ts";
import { tieToServer } from "../process/tie-to-server.ts";
import { decodeTensors, encodeTensors } from "./tensors.ts";
import type { OpenRequest, Reply, Request, RunRequest } from "./protocol.ts";

interface ExecutionProvider extends InferenceSession.ExecutionProviderOption {
  readonly deviceId?: number;
}

/** Bytes of tensors between two collections. */
const maxUncollected = 8_000_000;

await tieToServer();

let session: InferenceSession;
let uncollected = 0;

while (await serveNext()) collectGarbage();

async function serveNext(): Promise<boolean> {
  const request = receive<Request>();
  if (request === undefined) return false;
  const reply = await answer(request);
  send(reply);
  for (const { byteLength } of [...request.payloads, ...reply.payloads]) uncollected += byteLength;
  return true;
}

/** Tensors lie outside V8's heap, so V8 by itself would let tens of megabytes of them gather. */
function collectGarbage(): void {
  if (uncollected < maxUncollected) return;
  globalThis.gc?.();
  uncollected = 0;
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
  checkValues("input", request.inputs, opened.inputMetadata);
  checkValues("output", request.outputs, opened.outputMetadata);
  return opened;
}

async function run(
  request: RunRequest,
  payloads: Frame<Request>["payloads"],
): Promise<Frame<Reply>> {
  const feeds = Object.entries(decodeTensors(request.feeds, payloads));
  const results = await session.run(
    Object.fromEntries(
      feeds.map(([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)]),
    ),
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
    // Patterns are kept by shape, and shapes differ from run to run.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        model_external_initializers_file_folder_path: request.folder,
        // 20 µs bridge the gap between two operators, and take no core from other graphs and the server.
        intra_op: { allow_spinning: "1", spin_duration_us: "20" },
      },
    },
  };
}

/** "cuda:1" is the second device of "cuda". */
function executionProvider({ provider, device }: OpenRequest): ExecutionProvider {
  const offered = listSupportedBackends().map(({ name }) => name);
  if (!offered.includes(provider)) {
    throw new Error(
      `"${device}" needs the provider "${provider}"; this onnxruntime has ${offered.join(", ")}`,
    );
  }
  const index = device.split(":")[1];
  return index === undefined ? { name: provider } : { name: provider, deviceId: Number(index) };
}
