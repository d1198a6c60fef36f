import { KernelError } from "@kindred/core";
import type { ModelInfo } from "@kindred/core";
import type { Handler } from "../exchange.ts";
import { optionalBody } from "../body/optional-body.ts";
import { launchedModel } from "../routes/launched-model.ts";
import { launchStatus } from "./instances.ts";
import type { ChangeOptions } from "./change-model.ts";
import { keepChanges } from "./keep-launch.ts";
import { replicasOf } from "./launch-body.ts";
import { withWarnings } from "./with-warnings.ts";

/** The address of Xinference's worker: replicas are this server's own runs. */
const worker = "localhost";

/** GET /v1/models/{id}/replicas: one entry for each run that may go on beside others. */
export function listReplicas({ kernel, created, forClients }: ReplicaListing): Handler {
  return (ctx) => {
    const model = launchedModel(ctx, kernel);
    ctx.body = Array.from({ length: model.replicas ?? 1 }, (_, i) => ({
      replica_id: i,
      replica_model_uid: replicaUid(model, i),
      worker_address: worker,
      status: launchStatus(model),
      created_ts: created,
      error_message: model.reason === undefined ? null : forClients(model.reason),
      replica_uid: null,
      gpu_idx: null,
    }));
  };
}

export interface ReplicaListing extends Pick<ChangeOptions, "kernel"> {
  /** Seconds since 1970. */
  readonly created: number;
  readonly forClients: (text: string) => string;
}

/** POST /v1/models/{id}/replicas: one more, or as many as `replica` says in all. */
export function addReplica(options: ChangeOptions): Handler {
  const { kernel, readBody } = options;
  return async (ctx, exchange) => {
    const { id, replicas = 1 } = launchedModel(ctx, kernel);
    const body = await optionalBody(ctx, exchange, readBody);
    const { replica, replica_config: placement } = Object(body) as Readonly<
      Record<string, unknown>
    >;
    if (placement != null) {
      const message = "replica_config must be left out: this server is one machine.";
      throw new KernelError("UNSUPPORTED", message, { param: "replica_config" });
    }
    const changes = { replicas: replicasOf(replica ?? replicas + 1) };
    const changed = kernel.update(id, changes);
    const warnings = await keepChanges(id, changes, options);
    const last = changes.replicas - 1;
    const added = {
      replica_id: last,
      replica_model_uid: replicaUid(changed, last),
      worker_address: worker,
    };
    ctx.body = withWarnings(added, warnings);
  };
}

/** DELETE /v1/models/{id}/replicas/{replica}: one less. Replicas are alike, so any may be named. INVALID_INPUT for the last. */
export function removeReplica(options: ChangeOptions): Handler {
  const { kernel } = options;
  return async (ctx) => {
    const { replica } = ctx["params"] as { replica: string };
    const { id, replicas = 1 } = launchedModel(ctx, kernel);
    if (!/^\d+$/.test(replica) || Number(replica) >= replicas)
      return ctx.throw(
        404,
        `"${id}" has replicas 0 to ${replicas - 1}, and no replica "${replica}".`,
      );
    if (replicas === 1) {
      const message = `"${id}" has no other replica. Terminate it: DELETE /v1/models/${id}.`;
      throw new KernelError("INVALID_INPUT", message, { param: "replica" });
    }
    const changes = { replicas: replicas - 1 };
    kernel.update(id, changes);
    const warnings = await keepChanges(id, changes, options);
    ctx.body = withWarnings({ remaining_replicas: changes.replicas }, warnings);
  };
}

function replicaUid({ id }: ModelInfo, i: number): string {
  return `${id}-${i}`;
}
