import type { Kernel, ModelInfo } from "@kindred/core";
import type { Handler } from "../exchange.ts";

/** GET /v1/models: all launched models. `created` is in seconds since 1970. */
export function listModels(kernel: Kernel, created: number): Handler {
  return (ctx) => {
    ctx.body = {
      object: "list",
      data: kernel.models().map((model) => describe(model, created)),
    };
  };
}

/** GET /v1/models/{id}: one model. MODEL_NOT_FOUND. */
export function getModel(kernel: Kernel, created: number): Handler {
  return (ctx) => {
    const { id } = ctx["params"] as { id: string };
    ctx.body = describe(kernel.model(undefined, id), created);
  };
}

/** `model_type` is null while the task is unknown: Xinference's client reads it of every model. */
function describe(model: ModelInfo, created: number): object {
  const { info, task, ...facts } = model;
  return {
    model_type: task ?? null,
    ...info,
    ...facts,
    task,
    object: "model",
    created,
    owned_by: "kindred",
  };
}
