import { KernelError, parseKeepAlive, shorten } from "@kindred/core";
import type { LaunchChanges } from "@kindred/core";
import type { ReadBody } from "../body/read-body.ts";
import type { Handler } from "../exchange.ts";
import { launchedModel } from "../routes/launched-model.ts";
import { keepChanges } from "./keep-launch.ts";
import type { Keeping } from "./keep-launch.ts";
import { replicasOf } from "./launch-body.ts";
import { withWarnings } from "./with-warnings.ts";

export interface ChangeOptions extends Keeping {
  readonly readBody: ReadBody;
}

/** PATCH /v1/models/{id} with `keep_alive` or `replica`: changes a model while it is served. */
export function changeModel(options: ChangeOptions): Handler {
  const { kernel, readBody } = options;
  return async (ctx, exchange) => {
    const { id } = launchedModel(ctx, kernel);
    const changes = parseChanges((await readBody(ctx, exchange)).value);
    // A model that is loading tells neither yet.
    const { replicas, keepAlive } = { ...changes, ...kernel.update(id, changes) };
    const warnings = await keepChanges(id, changes, options);
    const changed = {
      model_uid: id,
      replica: replicas,
      keep_alive: keepAlive === Infinity ? -1 : keepAlive,
    };
    ctx.body = withWarnings(changed, warnings);
  };
}

function parseChanges(body: unknown): LaunchChanges {
  const { keep_alive: keepAlive, replica, ...others } = Object(body) as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined || (keepAlive === undefined && replica === undefined)) {
    const what =
      other === undefined ? "The body changes nothing" : `${shorten(other, 40)} cannot be changed`;
    throw new KernelError("INVALID_INPUT", `${what}. Send keep_alive or replica.`, {
      param: other,
    });
  }
  return {
    ...(keepAlive !== undefined && { keepAlive: parseKeepAlive(keepAlive) }),
    ...(replica !== undefined && { replicas: replicasOf(replica) }),
  };
}
