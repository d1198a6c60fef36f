import { resolve } from "node:path";
import { KernelError } from "@kindred/core";
import type { Kernel, Launch } from "@kindred/core";
import { launchOf, sourceOf } from "@kindred/core/registry";
import type { KnownModel, ModelRegistry } from "@kindred/core/registry";
import type { LaunchBody } from "./launch-body.ts";
import { specSource } from "./spec-source.ts";

export interface LaunchSurroundings {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
}

/** A launch whose id is not chosen yet. */
export type NamelessLaunch = Omit<Launch, "id">;

/** The launch that a body means. MODEL_NOT_FOUND for a name that nobody knows, TASK_MISMATCH for a model of another type than asked for. */
export async function namelessLaunch(
  body: LaunchBody,
  { kernel, registry }: LaunchSurroundings,
): Promise<NamelessLaunch> {
  const { name, task, path, replicas, keepAlive, prefer } = body;
  const known = registry.find(name);
  const { id: _, ...base }: Launch = known
    ? launchOf(name, known)
    : { id: name, source: path === undefined ? sourceNamed(name, registry) : resolve(path) };
  const options = { ...base.options, ...withControlNets(body.options, known) };
  const launch: NamelessLaunch = {
    ...base,
    optional: true,
    ...(path !== undefined && { source: resolve(path) }),
    ...(Object.keys(options).length > 0 && { options }),
    ...(replicas !== undefined && { replicas }),
    ...(keepAlive !== undefined && { keepAlive }),
    ...(prefer && { prefer }),
  };
  if (task !== undefined) await refuseOtherTask({ ...launch, id: name }, task, known, kernel);
  return launch;
}

/** The id of a body's launch: the one it asks for, or a free one. INVALID_INPUT for one that is taken. It stays free until others may act. */
export function idOf({ name, uid }: LaunchBody, kernel: Kernel): string {
  if (uid === undefined) return freeId(name, kernel);
  if (!isTaken(uid, kernel)) return uid;
  const message = `"${uid}" is launched already. Choose another model_uid, or terminate that one first.`;
  throw new KernelError("INVALID_INPUT", message, { param: "model_uid" });
}

function sourceNamed(name: string, registry: ModelRegistry): string {
  const found = registry.repository(name);
  if (found) return sourceOf(found);
  throw registry.unknown(name, "model_name");
}

/** The name itself, or with a number behind it. */
function freeId(name: string, kernel: Kernel): string {
  for (let i = 0; ; i++) {
    const id = i === 0 ? name : `${name}-${i}`;
    if (!isTaken(id, kernel)) return id;
  }
}

/** Whether a model of an id is launched. One that failed, or that a request launched, gives way. */
function isTaken(id: string, kernel: Kernel): boolean {
  return kernel
    .models()
    .some((each) => each.id === id && each.state !== "failed" && !each.onDemand);
}

async function refuseOtherTask(
  launch: Launch,
  task: string,
  known: KnownModel | undefined,
  kernel: Kernel,
): Promise<void> {
  const found = known?.task ?? (await kernel.plan(launch)).task;
  if (found === task) return;
  const message = `"${known?.name ?? launch.id}" is for "${found}", and model_type is "${task}". Send model_type "${found}".`;
  throw new KernelError("TASK_MISMATCH", message, { param: "model_type" });
}

/** The names of ControlNets, each with the source that the model's registration gives it. */
function withControlNets(
  options: LaunchBody["options"],
  known: KnownModel | undefined,
): LaunchBody["options"] {
  const listed = known?.spec?.["controlnet"];
  const { controlnet } = options;
  if (!Array.isArray(listed) || controlnet == null) return options;
  const names: unknown[] = [controlnet].flat();
  if (!names.every((name) => typeof name === "string")) return options;
  const sources = names.map((name) => {
    const found = listed.find((each) => each?.model_name === name);
    return [name, found ? specSource(found, "controlnet") : name] as const;
  });
  return { ...options, controlnet: Object.fromEntries(sources) };
}
