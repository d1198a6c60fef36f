import { isJsonObject, KernelError, parseKeepAlive, shorten } from "@kindred/core";
import type { Launch } from "@kindred/core";

/** A launch as Xinference's client asks for it: POST /v1/models. */
export interface LaunchBody {
  readonly name: string;
  /** Its id. Default: a free one that begins with the name. */
  readonly uid?: string;
  /** Its task's name. Default: any. */
  readonly task?: string;
  /** The folder to launch. Default: what the name stands for. */
  readonly path?: string;
  readonly replicas?: number;
  readonly keepAlive?: number;
  readonly prefer?: Launch["prefer"];
  /** Every other key: the family's own options. */
  readonly options: Readonly<Record<string, unknown>>;
}

interface Meaningless {
  /** Values beside null that ask for nothing else than what is done here. */
  readonly accepted: readonly unknown[];
  readonly advice: string;
}

const [oneMachine, noPython] = [
  "This server is one machine. Leave it out.",
  "No Python runs here. Leave it out.",
];

/** Keys of Xinference's client that mean nothing here. A value that asks for something is refused. */
const meaningless: ReadonlyMap<string, Meaningless> = new Map([
  [
    "model_engine",
    {
      accepted: ["sentence_transformers", "diffusers"],
      advice: "Graphs run in onnxruntime here. Leave it out.",
    },
  ],
  [
    "model_format",
    {
      accepted: ["pytorch", "diffusers", "safetensors"],
      advice: "A checkpoint is read as it was published. Leave it out.",
    },
  ],
  [
    "quantization",
    { accepted: ["none"], advice: 'precision says how weights are held: "int8". Leave it out.' },
  ],
  ["model_size_in_billions", { accepted: [], advice: "The name says which model. Leave it out." }],
  ["n_worker", { accepted: [1], advice: oneMachine }],
  ["worker_ip", { accepted: [], advice: oneMachine }],
  ["replica_config", { accepted: [], advice: `${oneMachine} replica says how many.` }],
  [
    "request_limits",
    { accepted: [], advice: "Requests of a model are not limited. Leave it out." },
  ],
  ["enable_thinking", { accepted: [false], advice: "No model here thinks. Leave it out." }],
  ["enable_virtual_env", { accepted: [false], advice: noPython }],
  ["virtual_env_packages", { accepted: [], advice: noPython }],
  ["virtual_env_find_links", { accepted: [], advice: noPython }],
  ["envs", { accepted: [], advice: noPython }],
  // No code of a checkpoint is ever run, whatever it says.
  ["trust_remote_code", { accepted: [true, false], advice: "It must be true or false." }],
]);

/** What Xinference's client sends for a model of any type. */
const anyType = "LLM";

const maxUid = 200;
export const maxReplicas = 64;

/** INVALID_INPUT or UNSUPPORTED, with the key as `param`, for what is no launch. `hub` is the one that models come from. */
export function parseLaunchBody(body: unknown, hub: string): LaunchBody {
  if (!isJsonObject(body))
    throw invalid("The body must be a JSON object with a model_name.", "model_name");
  const {
    model_name: name,
    model_uid: uid,
    model_type: type,
    model_path: path,
    replica,
    n_gpu: gpus = "auto",
    gpu_idx: gpu,
    peft_model_config: adapters,
    keep_alive: keepAlive,
    download_hub: from,
    ...others
  } = body;
  if (typeof name !== "string" || name === "")
    throw invalid("model_name must be the name of a model.", "model_name");
  refuseAdapters(adapters);
  const advice = `This server downloads from ${hub}. Leave it out.`;
  refuseMeaning("download_hub", from, { accepted: [hub], advice });
  const prefer = preferred(gpus, gpu);
  return {
    name,
    ...(!isNothing(uid) && { uid: uidOf(uid) }),
    ...(!isNothing(type) && type !== anyType && { task: text("model_type", type, maxUid) }),
    ...(!isNothing(path) && { path: text("model_path", path, 4096) }),
    ...(!isNothing(replica) && replica !== 1 && { replicas: replicasOf(replica) }),
    ...(!isNothing(keepAlive) && { keepAlive: parseKeepAlive(keepAlive) }),
    ...(prefer && { prefer }),
    options: optionsOf(others),
  };
}

/** A route has this name: the model could not be asked about. */
const reserved = "instances";

function uidOf(value: unknown): string {
  const uid = text("model_uid", value, maxUid);
  if (uid !== reserved) return uid;
  throw invalid(`model_uid must not be "${reserved}", which is a path of its own.`, "model_uid");
}

/** A number of replicas. INVALID_INPUT on `replica`. */
export function replicasOf(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxReplicas)
    return value as number;
  throw invalid(
    `replica must be a whole number from 1 to ${maxReplicas}, not ${told(value)}.`,
    "replica",
  );
}

/** Every key that is not Xinference's own. Its command line has no null, and writes "None". */
function optionsOf(others: Readonly<Record<string, unknown>>): LaunchBody["options"] {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(others)) {
    const known = meaningless.get(key);
    if (known) refuseMeaning(key, value, known);
    else
      Object.defineProperty(options, key, {
        value: isNone(value) ? null : value,
        enumerable: true,
      });
  }
  return options;
}

function refuseMeaning(key: string, value: unknown, { accepted, advice }: Meaningless): void {
  const asked = typeof value === "string" ? value.toLowerCase() : value;
  if (isNothing(value) || isNone(value) || accepted.includes(asked)) return;
  throw new KernelError("UNSUPPORTED", `${key} is ${told(value)}. ${advice}`, { param: key });
}

function refuseAdapters(adapters: unknown): void {
  if (adapters != null && typeof adapters !== "object")
    throw invalid(
      `peft_model_config must be an object, not ${told(adapters)}.`,
      "peft_model_config",
    );
  const { lora_list: list = [] } = Object(adapters ?? {}) as { readonly lora_list?: unknown };
  if (isNothing(list)) return;
  throw new KernelError(
    "UNSUPPORTED",
    "peft_model_config has a lora_list. LoRA adapters are not served: merge them into the checkpoint, and launch that.",
    { param: "peft_model_config" },
  );
}

/** The devices that `n_gpu` and `gpu_idx` ask for. */
function preferred(gpus: unknown, gpu: unknown): readonly string[] | undefined {
  const indices = [gpu ?? []].flat();
  if (indices.length > 1 || indices.some((each) => !Number.isInteger(each)))
    throw invalid(`gpu_idx must be the number of one GPU, not ${told(gpu)}.`, "gpu_idx");
  if (indices.length === 1) return [`cuda:${String(indices[0])}`];
  if (gpus === "auto") return undefined;
  if (gpus === null || gpus === 0 || isNone(gpus)) return ["cpu"];
  if (gpus === 1) return ["cuda"];
  throw invalid(`n_gpu must be "auto", 1, or null or 0 for the CPU, not ${told(gpus)}.`, "n_gpu");
}

function text(param: string, value: unknown, max: number): string {
  if (typeof value === "string" && value.length <= max && !/\p{Cc}/u.test(value)) return value;
  throw invalid(`${param} must be a text of up to ${max} characters, not ${told(value)}.`, param);
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

function isNone(value: unknown): boolean {
  return typeof value === "string" && /^(?:none|null)$/i.test(value);
}

function told(value: unknown): string {
  try {
    return shorten(JSON.stringify(value), 80);
  } catch {
    // Deeper than the stack, which JSON.parse is not bound by.
    return Array.isArray(value) ? "a list" : "an object";
  }
}

function invalid(message: string, param: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
