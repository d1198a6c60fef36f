import type { Kernel } from "@kindred/core";
import type { Handler } from "../exchange.ts";
import { launchedModel } from "../routes/launched-model.ts";

/** GET /v1/models/{id}/progress: how far a launch has come, from 0 to 1, with the bytes of a download. MODEL_NOT_FOUND. */
export function launchProgress({ kernel }: { readonly kernel: Kernel }): Handler {
  return (ctx) => {
    const { state, progress } = launchedModel(ctx, kernel);
    const { done = 0, total = 1, what, file } = progress ?? {};
    ctx.set("cache-control", "no-store");
    ctx.body = {
      progress: state === "ready" ? 1 : done / Math.max(total, 1),
      state,
      stage: what === undefined ? state : "downloading",
      ...(what !== undefined && { what, done, total }),
      ...(file && { file }),
    };
  };
}
