import { unknownModel } from "@kindred/core";
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
    ctx.body = describe(modelNamed(kernel, id), created);
  };
}

/** MODEL_NOT_FOUND where none is launched under this id. */
export function modelNamed(kernel: Kernel, id: string): ModelInfo {
  const models = kernel.models();
  const found = models.find((model) => model.id === id);
  if (found) return found;
  throw unknownModel(
    id,
    models.map((model) => model.id),
  );
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
