import type { Kernel } from "@kindred/core";
import type { KnownModel, ModelRegistry } from "@kindred/core/registry";
import type Koa from "koa";
import type { ReadBody } from "../body/read-body.ts";
import type { Handler } from "../exchange.ts";
import { isFromHere } from "./admin-rule.ts";
import { asNotFound } from "./not-found.ts";
import { parseRegistration } from "./registration-body.ts";

export interface RegistrationOptions {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly readBody: ReadBody;
  /** Who may see where registered models lie. Default: as of `LifecycleOptions`. */
  readonly allow?: (ctx: Koa.Context) => boolean;
}

/** GET /v1/model_registrations/{type}: the models of a task that can be launched by name; `?detailed=true` describes each. */
export function listRegistrations({ registry, allow = isFromHere }: RegistrationOptions): Handler {
  return (ctx) => {
    const { type } = paramsOf(ctx);
    const isAdmin = allow(ctx);
    const isDetailed = String(ctx.query["detailed"] ?? "").toLowerCase() === "true";
    ctx.body = registry.models
      .filter(({ task }) => task === type)
      .map((model) => {
        const described = isDetailed ? describe(model, isAdmin) : { model_name: model.name };
        return { ...described, is_builtin: model.checkpoint !== undefined };
      })
      .toSorted((a, b) => a.model_name.localeCompare(b.model_name));
  };
}

/** GET /v1/model_registrations/{type}/{name}. MODEL_NOT_FOUND. */
export function getRegistration({ registry, allow = isFromHere }: RegistrationOptions): Handler {
  return (ctx) => {
    const { type, name } = paramsOf(ctx);
    const model = registry.find(name);
    if (model?.task !== type) throw registry.unknown(name, "model_name");
    ctx.body = { ...describe(model, allow(ctx)), is_builtin: model.checkpoint !== undefined };
  };
}

/**
 * POST /v1/model_registrations/{type}: registers a folder, or a repository on Hugging Face, under a name. A folder that is there
 * has to be a model of that type. Keys of the specification that change nothing are named in `warnings`.
 */
export function registerModel({ kernel, registry, readBody }: RegistrationOptions): Handler {
  return async (ctx, exchange) => {
    const { type } = paramsOf(ctx);
    checkTask(ctx, type, kernel);
    const { model, keep, unused } = parseRegistration(type, (await readBody(ctx, exchange)).value);
    await refuseOtherModel(ctx, model, kernel);
    await registry.register(model, keep);
    const warnings = unused.map((key) => `${key} is kept, and changes nothing here.`);
    ctx.body = { model_name: model.name, ...(warnings.length > 0 && { warnings }) };
  };
}

/** DELETE /v1/model_registrations/{type}/{name}: what is launched of it stays launched. MODEL_NOT_FOUND. */
export function unregisterModel({ registry }: RegistrationOptions): Handler {
  return async (ctx) => {
    const { type, name } = paramsOf(ctx);
    if (registry.find(name)?.task !== type) throw registry.unknown(name, "model_name");
    await registry.unregister(name);
    ctx.body = { model_name: name };
  };
}

/** As Xinference describes a model; what only a loaded model tells is null. Specifications have paths of this machine. */
function describe({ name, task, family, checkpoint, spec }: KnownModel, isAdmin: boolean) {
  return {
    version: 2,
    model_type: task,
    model_family: family ?? null,
    language: [],
    dimensions: null,
    max_tokens: null,
    ...(checkpoint && {
      model_id: checkpoint.repo,
      model_revision: checkpoint.revision,
      license: checkpoint.license ?? null,
      gated: checkpoint.gated ?? false,
    }),
    ...(isAdmin && spec),
    model_name: name,
  };
}

async function refuseOtherModel(
  ctx: Koa.Context,
  { name, task, source }: KnownModel,
  kernel: Kernel,
): Promise<void> {
  const plan = await kernel.plan({ id: name, source }).catch((error: unknown) => {
    throw asNotFound(error, "model_uri");
  });
  if (plan.task === task) return;
  ctx.throw(400, `"${name}" is a model for "${plan.task}", not "${task}". Register it there.`);
}

function checkTask(ctx: Koa.Context, type: string, { plugins }: Kernel): void {
  const tasks = new Set(
    plugins.flatMap(({ families = [] }) => families.map(({ task }) => task.name)),
  );
  if (tasks.has(type)) return;
  ctx.throw(400, `No model type "${type}" is served. There are ${[...tasks].join(", ")}.`);
}

function paramsOf(ctx: Koa.Context): { readonly type: string; readonly name: string } {
  return ctx["params"];
}
