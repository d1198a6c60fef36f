import { KernelError, shorten } from "../errors.ts";
import { told } from "../shared/told.ts";

/** INVALID_INPUT on `task` for what is no task: callers without types send its name alone. */
export function checkTask(task: unknown): void {
  const { name } = Object(task) as { readonly name?: unknown };
  if (typeof task === "object" && typeof name === "string" && name !== "") return;
  const example = typeof task === "string" && task !== "" ? task : "embedding";
  const shown = `{ name: ${JSON.stringify(shorten(example, 40))} }`;
  const message = `A task is an object such as ${shown}, which plugins export, not ${told(task)}. Pass that.`;
  throw new KernelError("INVALID_INPUT", message, { param: "task" });
}

/** INVALID_INPUT on `model` for what is no model's id. */
export function checkId(id: unknown): void {
  if (typeof id === "string") return;
  const message = `A model's id is a text, not ${told(id)}.`;
  throw new KernelError("INVALID_INPUT", message, { param: "model" });
}
