import type { Kernel, ModelInfo } from "@kindred/core";
import type { ModelRegistry } from "@kindred/core/registry";
import type { Handler } from "../exchange.ts";
import { modelName } from "../routes/model-name.ts";
import type { ForClients } from "../server-paths.ts";

export interface InstanceOptions {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  /** Seconds since 1970. */
  readonly created: number;
  readonly forClients: ForClients;
}

/** Xinference's word for a model's state. */
export function launchStatus({ state }: ModelInfo): "LOADING" | "READY" | "ERROR" {
  if (state === "ready") return "READY";
  return state === "failed" ? "ERROR" : "LOADING";
}

/** GET /v1/models/instances?model_name=…&model_uid=…: how launches stand, as Xinference's command line asks until they are over. */
export function listInstances({ kernel, registry, created, forClients }: InstanceOptions): Handler {
  return (ctx) => {
    const { model_name: name, model_uid: uid } = ctx.query;
    ctx.body = kernel
      .models()
      .filter((model) => !uid || model.id === uid)
      .map((model) => ({
        model_name: modelName(model, registry),
        model_uid: model.id,
        model_version: null,
        model_ability: model.info?.["model_ability"] ?? [],
        replica: model.replicas ?? 1,
        status: launchStatus(model),
        instance_created_ts: created,
        ...(model.reason !== undefined && { error_message: forClients(model.reason) }),
      }))
      // A launch by path may have any name.
      .filter((instance) => uid || !name || instance.model_name === name);
  };
}
