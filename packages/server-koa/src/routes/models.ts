import type { Kernel, ModelInfo } from "@kindred/core";
import type { Handler } from "../exchange.ts";
import type { ForClients } from "../server-paths.ts";

export interface ModelsOptions {
  readonly kernel: Kernel;
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

/** GET /v1/models/{id}: one model. MODEL_NOT_FOUND. */
export function getModel(options: ModelsOptions): Handler {
  return (ctx) => {
    const { id } = ctx["params"] as { id: string };
    ctx.body = describe(options.kernel.model(undefined, id), options);
  };
}

/** `model_type` is null while the task is unknown: Xinference's client reads it of every model. */
function describe(model: ModelInfo, { created, forClients }: ModelsOptions): object {
  const { info, task, source: _, reason, ...facts } = model;
  return {
    model_type: task ?? null,
    ...info,
    ...facts,
    ...(reason !== undefined && { reason: forClients(reason) }),
    task,
    object: "model",
    created,
    owned_by: "kindred",
  };
}
