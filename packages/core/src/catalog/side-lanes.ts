import { KernelError } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import type { Lane, LaneOptions } from "../lanes/lane.ts";
import { SideLane } from "../lanes/side-lane.ts";
import type { Pipeline } from "../pipeline.ts";

/**
 * The lanes of a pipeline's side tasks by their tasks' names. PLUGIN_INVALID when they are not those that its family names: requests
 * are sent by these.
 */
export function sideLanes(
  family: Pick<ModelFamily<any, any, any>, "name" | "sideTasks">,
  { sideTasks = [] }: Pick<Pipeline<any, any, any>, "sideTasks">,
  options: LaneOptions,
): ReadonlyMap<string, Lane> {
  const named = (family.sideTasks ?? []).map(({ name }) => name);
  const lanes = new Map<string, Lane>();
  for (const each of sideTasks) lanes.set(each.task.name, new SideLane(each, options));
  const differing = [...named, ...lanes.keys()].find(
    (name) => !named.includes(name) || !lanes.has(name),
  );
  if (differing === undefined) return lanes;
  const who = named.includes(differing) ? "its pipeline does" : "the family does";
  throw new KernelError(
    "PLUGIN_INVALID",
    `The side tasks of family "${family.name}" are not its pipeline's: ${who} not have "${differing}". Name the same in both.`,
  );
}
