import type { Kernel, ModelInfo } from "@kindred/core";
import type { Handler } from "../exchange.ts";

/** GET /v1/models */
export function listModels(kernel: Kernel, created: number): Handler {
  return (ctx) => {
    ctx.body = {
      object: "list",
      data: kernel.models().map((model) => describe(model, created)),
    };
  };
}

/** GET /v1/models/{id} */
export function getModel(kernel: Kernel, created: number): Handler {
  return (ctx) => {
    const { id } = ctx["params"] as { id: string };
    ctx.body = describe(kernel.model(undefined, id), created);
  };
}

/** `model_type` is always there, since Xinference's client reads it: null while the task is unknown. */
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
