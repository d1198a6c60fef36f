import type { Kernel, ModelInfo } from "@kindred/core";
import type { Handler } from "../exchange.ts";
import type { LifecycleOptions } from "../lifecycle/lifecycle-options.ts";
import type { ForClients } from "../server-paths.ts";
import { modelName } from "./model-name.ts";

export interface ModelsOptions {
  readonly kernel: Kernel;
  /** Describes models that a request would launch. Default: none. */
  readonly lifecycle?: LifecycleOptions | undefined;
  /** Seconds since 1970. */
  readonly created: number;
  /** Makes the reasons of models that failed. */
  readonly forClients: ForClients;
}

/** GET /v1/models: all launched models. */
export function listModels(options: ModelsOptions): Handler {
  return (ctx) => {
    const data = options.kernel.models().map((model) => describe(model, options));
    ctx.body = { object: "list", data };
  };
}

/** GET /v1/models/{id}: one model, also one that a request would launch. MODEL_NOT_FOUND. */
export function getModel(options: ModelsOptions): Handler {
  return async (ctx) => {
    const { id } = ctx["params"] as { id: string };
    ctx.body = await described(id, options);
  };
}

async function described(id: string, options: ModelsOptions): Promise<object> {
  const { kernel, created, lifecycle } = options;
  try {
    return describe(kernel.model(undefined, id), options);
  } catch (error) {
    const launch = await lifecycle?.onDemand?.(id);
    if (launch === undefined) throw error;
    const launched = kernel.models().find((each) => each.id === launch.id);
    if (launched) return describe(launched, options);
    const { name, task } = lifecycle!.registry.find(id) ?? { name: id };
    return {
      ...readByClients.get(task),
      id,
      model_type: task ?? null,
      model_name: name,
      state: "unloaded",
      task,
      ...object(created),
    };
  }
}

/** What Xinference's clients read of every model of a type, also while it is loading. */
const readByClients: ReadonlyMap<string | undefined, object> = new Map([
  ["embedding", { dimensions: null, max_tokens: null }],
  ["image", { controlnet: null, model_ability: [] }],
]);

function object(created: number): object {
  return { object: "model", created, owned_by: "kindred" };
}

/** `model_type` is null while the task is unknown: Xinference's client reads it of every model. */
function describe(model: ModelInfo, { created, forClients, lifecycle }: ModelsOptions): object {
  const { info, task, source: _, attached: _others, reason, ...facts } = model;
  return {
    model_type: task ?? null,
    model_name: modelName(model, lifecycle?.registry),
    ...readByClients.get(task),
    ...info,
    ...facts,
    ...(reason !== undefined && { reason: forClients(reason) }),
    task,
    ...object(created),
  };
}
