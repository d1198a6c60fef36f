import type { ModelFamily } from "../family.ts";
import type { ModelInfo } from "../model-info.ts";

/** The facts of a model that its family tells before it is loaded. */
export function familyInfo({
  name,
  task,
  sideTasks = [],
}: ModelFamily<any, any, any>): Pick<ModelInfo, "family" | "task" | "sideTasks"> {
  const beside = sideTasks.map((each) => each.name);
  return { family: name, task: task.name, ...(beside.length > 0 && { sideTasks: beside }) };
}
