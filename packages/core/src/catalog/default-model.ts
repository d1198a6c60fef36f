import { KernelError } from "../errors.ts";
import type { ModelInfo } from "../model-info.ts";
import type { Task } from "../task.ts";

/**
 * The model of a request that names none: the only one of its task that is ready, or while none is, the only one.
 * INVALID_INPUT on `model` when there is none or several.
 */
export function defaultModel(models: readonly ModelInfo[], task: Task): ModelInfo {
  const able = models.filter((model) => model.task === task.name);
  const ready = able.filter(({ state }) => state === "ready");
  const meant = ready.length > 0 ? ready : able;
  const [only] = meant;
  if (only && meant.length === 1) return only;
  const names = meant.map(({ id }) => `"${id}"`).join(", ");
  const message = only
    ? `Several models serve "${task.name}": ${names}. Name one.`
    : `No model serves "${task.name}". Launch one.`;
  throw new KernelError("INVALID_INPUT", message, { param: "model" });
}
