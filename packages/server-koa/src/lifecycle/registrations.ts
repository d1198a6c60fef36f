import type { Kernel } from "@kindred/core";
import type { KnownModel, ModelRegistry } from "@kindred/core/registry";
import type Koa from "koa";
import type { ReadBody } from "../body/read-body.ts";
import type { Handler } from "../exchange.ts";
import { asNotFound } from "./not-found.ts";
import { parseRegistration } from "./registration-body.ts";
import { withWarnings } from "./with-warnings.ts";

export interface RegistrationOptions {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  readonly readBody: ReadBody;
  /** Who may see where registered models lie. */
  readonly allow: (ctx: Koa.Context) => boolean;
}

/** GET /v1/model_registrations/{type}: the models of a task that can be launched by name; `?detailed=true` describes each. */
export function listRegistrations({ registry, allow }: RegistrationOptions): Handler {
  return (ctx) => {
    const { type } = paramsOf(ctx);
    const isAdmin = allow(ctx);
    const isDetailed = String(ctx.query["detailed"] ?? "").toLowerCase() === "true";
    ctx.body = registry.models
      .filter(({ task }) => task === type)
      .map((model) => (isDetailed ? describe(model, isAdmin) : listed(model)))
      .toSorted((a, b) => a.model_name.localeCompare(b.model_name));
  };
}

/** GET /v1/model_registrations/{type}/{name}. MODEL_NOT_FOUND. */
export function getRegistration({ registry, allow }: RegistrationOptions): Handler {
  return (ctx) => {
    ctx.body = describe(registered(ctx, registry), allow(ctx));
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
    ctx.body = withWarnings({ model_name: model.name }, warnings);
  };
}

/** DELETE /v1/model_registrations/{type}/{name}: what is launched of it stays launched. MODEL_NOT_FOUND. */
export function unregisterModel({ registry }: RegistrationOptions): Handler {
  return async (ctx) => {
    registered(ctx, registry);
    const { name } = paramsOf(ctx);
    await registry.unregister(name);
    ctx.body = { model_name: name };
  };
}

/** The model that the path means. MODEL_NOT_FOUND, also where it is of another type. */
function registered(ctx: Koa.Context, registry: ModelRegistry): KnownModel {
  const { type, name } = paramsOf(ctx);
  const model = registry.find(name);
  if (model?.task === type) return model;
  throw registry.unknown(name, "model_name");
}

function listed({ name, checkpoint }: KnownModel) {
  return { model_name: name, is_builtin: checkpoint !== undefined };
}

/** As Xinference describes a model; what only a loaded model tells is null. Specifications have paths of this machine. */
function describe(model: KnownModel, isAdmin: boolean) {
  const { task, family, checkpoint, spec } = model;
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
    ...listed(model),
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
