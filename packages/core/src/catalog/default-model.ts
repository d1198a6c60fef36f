import { KernelError } from "../errors.ts";
import type { Task } from "../task.ts";
import type { LaunchedModel } from "./launched-model.ts";

/**
 * The model of a request that names none: the only one that does its task and is ready, or while none is, the only one.
 * INVALID_INPUT on `model` when there is none or several.
 */
export function defaultModel(models: Iterable<LaunchedModel>, task: Task): LaunchedModel {
  const { name } = task;
  // A model whose family is still to be found may do the task.
  const able = [...models].filter((model) => model.does(task) ?? model.state === "loading");
  const ready = able.filter(({ state }) => state === "ready");
  const meant = ready.length > 0 ? ready : able;
  const [only] = meant;
  if (only && meant.length === 1) return only;
  const ids = meant.map(({ launch }) => `"${launch.id}"`).join(", ");
  const message = only
    ? `Several models serve "${name}": ${ids}. Name one.`
    : `No model serves "${name}". Launch one.`;
  throw new KernelError("INVALID_INPUT", message, { param: "model" });
}
