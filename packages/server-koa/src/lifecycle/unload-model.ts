import { KernelError } from "@kindred/core";
import type { Handler } from "../exchange.ts";
import { forgetLaunch } from "./keep-launch.ts";
import type { Keeping } from "./keep-launch.ts";

/** DELETE /v1/models/{id}: runs under way finish, waiting requests get CLOSED. A load under way is given up. MODEL_NOT_FOUND. */
export function unloadModel(keeping: Keeping): Handler {
  const { kernel } = keeping;
  return async (ctx) => {
    const { id } = kernel.model(undefined, (ctx["params"] as { id: string }).id);
    const warnings = await forgetLaunch(id, keeping);
    await kernel.unload(id);
    ctx.body = { model_uid: id, ...(warnings.length > 0 && { warnings }) };
  };
}

/** POST /v1/models/{id}/cancel: gives up a load under way. INVALID_INPUT once the model is loaded, MODEL_NOT_FOUND. */
export function cancelLaunch(keeping: Keeping): Handler {
  const { kernel } = keeping;
  return async (ctx) => {
    const { id, state } = kernel.model(undefined, (ctx["params"] as { id: string }).id);
    if (state !== "loading") {
      const message = `"${id}" is ${state === "ready" ? "launched already" : "failed"}. Terminate it: DELETE /v1/models/${id}.`;
      throw new KernelError("INVALID_INPUT", message, { param: "model_uid" });
    }
    // It could not be terminated any more, and would come again with the next start.
    const warnings = await forgetLaunch(id, keeping);
    await kernel.unload(id);
    ctx.body = { model_uid: id, ...(warnings.length > 0 && { warnings }) };
  };
}
