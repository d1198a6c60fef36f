import { KernelError } from "@kindred/core";
import type { Handler } from "../exchange.ts";
import { launchedModel } from "../routes/launched-model.ts";
import { forgetLaunch } from "./keep-launch.ts";
import type { Keeping } from "./keep-launch.ts";
import { withWarnings } from "./with-warnings.ts";

/** DELETE /v1/models/{id}: runs under way finish, waiting requests get CLOSED. A load under way is given up. MODEL_NOT_FOUND. */
export function unloadModel(keeping: Keeping): Handler {
  return async (ctx) => {
    const { id } = launchedModel(ctx, keeping.kernel);
    ctx.body = await unload(id, keeping);
  };
}

/** POST /v1/models/{id}/cancel: gives up a load under way. INVALID_INPUT once the model is loaded, MODEL_NOT_FOUND. */
export function cancelLaunch(keeping: Keeping): Handler {
  return async (ctx) => {
    const { id, state } = launchedModel(ctx, keeping.kernel);
    if (state !== "loading") {
      const message = `"${id}" is ${state === "ready" ? "launched already" : "failed"}. Terminate it: DELETE /v1/models/${id}.`;
      throw new KernelError("INVALID_INPUT", message, { param: "model_uid" });
    }
    ctx.body = await unload(id, keeping);
  };
}

/** Unloads a model, and resolves to the reply. */
async function unload(id: string, keeping: Keeping): Promise<object> {
  // First: once unloaded it could not be terminated any more, and would come again with the next start.
  const warnings = await forgetLaunch(id, keeping);
  await keeping.kernel.unload(id);
  return withWarnings({ model_uid: id }, warnings);
}
