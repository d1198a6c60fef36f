import type { Kernel, ModelInfo } from "@kindred/core";
import type Koa from "koa";

/** The launched model whose id the path has. MODEL_NOT_FOUND. */
export function launchedModel(ctx: Koa.Context, kernel: Kernel): ModelInfo {
  const { id } = ctx["params"] as { id: string };
  return kernel.model(undefined, id);
}
