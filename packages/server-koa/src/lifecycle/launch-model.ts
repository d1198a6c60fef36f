import { isKernelError, KernelError, unlessAborted } from "@kindred/core";
import type { Launch } from "@kindred/core";
import type Koa from "koa";
import type { ReadBody } from "../body/read-body.ts";
import type { Handler } from "../exchange.ts";
import { loadAndKeep } from "./keep-launch.ts";
import type { Keeping } from "./keep-launch.ts";
import { parseLaunchBody } from "./launch-body.ts";
import { idOf, namelessLaunch } from "./nameless-launch.ts";
import { asNotFound } from "./not-found.ts";
import { withWarnings } from "./with-warnings.ts";

export interface LaunchOptions extends Keeping {
  readonly readBody: ReadBody;
}

/**
 * POST /v1/models, as Xinference's client launches a model: answers its `model_uid` once it can be asked, or at once with
 * `?wait_ready=false`. A launch that was waited for and fails leaves nothing behind. One whose client hangs up goes on.
 */
export function launchModel(options: LaunchOptions): Handler {
  return async (ctx, exchange) => {
    const waits = waitsOf(ctx);
    const body = parseLaunchBody(
      (await options.readBody(ctx, exchange)).value,
      options.registry.hub,
    );
    const notFound = (error: unknown): never => {
      throw asNotFound(error, body.path === undefined ? "model_name" : "model_path");
    };
    const meant = await unlessAborted(namelessLaunch(body, options), exchange.signal).catch(
      notFound,
    );
    // Chosen where nothing is awaited any more: another request could take it meanwhile.
    const launch: Launch = { id: idOf(body, options.kernel), ...meant };
    exchange.facts["model"] = launch.id;
    const loading = loadAndKeep(launch, options);
    loading.catch((error: unknown) => {
      if (isCancelled(error)) return;
      options.logger.error({ model: launch.id, error }, "A launch failed.");
    });
    if (!waits) {
      ctx.body = { model_uid: launch.id };
      return;
    }
    const warnings = await unlessAborted(loading, exchange.signal).catch(async (error: unknown) => {
      if (!exchange.signal.aborted) await forget(launch, options);
      return notFound(refusedOption(error) ?? error);
    });
    ctx.body = withWarnings({ model_uid: launch.id }, warnings);
  };
}

/** The error of an option that the model's family refuses: it is the client's. */
function refusedOption(error: unknown): unknown {
  for (let each = error; isKernelError(each); each = each.cause)
    if (each.code === "INVALID_INPUT") return each;
  return undefined;
}

/** Whether a load was given up since the model was unloaded, or the server ends. */
function isCancelled(error: unknown): boolean {
  return isKernelError(error) && error.code === "CLOSED";
}

async function forget({ id }: Launch, { kernel }: LaunchOptions): Promise<void> {
  const isFailed = kernel.models().some((each) => each.id === id && each.state === "failed");
  if (isFailed) await kernel.unload(id).catch(() => {});
}

function waitsOf(ctx: Koa.Context): boolean {
  const text = String(ctx.query["wait_ready"] ?? "true").toLowerCase();
  if (["true", "1"].includes(text)) return true;
  if (["false", "0"].includes(text)) return false;
  const message = "wait_ready must be true or false.";
  throw new KernelError("INVALID_INPUT", message, { param: "wait_ready" });
}
