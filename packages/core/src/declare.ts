import type { StandardSchemaV1 } from "@standard-schema/spec";
import { modelLoad } from "./channels.ts";
import { disposeAll } from "./dispose.ts";
import { KernelError, throwIfAborted } from "./errors.ts";
import type { ModelFamily } from "./family.ts";
import { kinship } from "./kinship.ts";
import type { Kinship } from "./kinship.ts";
import type { Launch } from "./launch.ts";
import { leastWeightBytes } from "./model-folder.ts";
import type { Progress } from "./model-source.ts";
import type { Call } from "./pipeline.ts";
import { Resident } from "./resident.ts";
import type { Rooms } from "./rooms.ts";
import { Serving } from "./serving.ts";
import type { Services } from "./services.ts";
import { deviceAllocator, graphRuntime, modelSource } from "./tokens.ts";

const KEEP_ALIVE_SECONDS = 300;

export interface Surroundings {
  readonly families: readonly ModelFamily<any, any>[];
  readonly services: Services;
  readonly rooms: Rooms;
}

/**
 * Finds a launch's folder, family and device, and has the family declare its graphs; opens none. `found` hears of the
 * family as soon as it is known.
 */
export function declareModel(
  launch: Launch,
  around: Surroundings,
  call: Call<Progress>,
  found: (kinship: Kinship) => void,
): Promise<Serving> {
  const work = () => declare(launch, around, call, found);
  return modelLoad.tracePromise(work, { model: launch.id });
}

async function declare(
  launch: Launch,
  around: Surroundings,
  call: Call<Progress>,
  found: (kinship: Kinship) => void,
): Promise<Serving> {
  const { families, services, rooms } = around;
  const folder = await services.get(modelSource).resolve(launch.source, call);
  const model = { ...folder, id: launch.id };
  const kin = kinship(families, model, launch);
  found(kin);
  const options = await launchOptions(kin.family, launch);
  const bytes = await leastWeightBytes(model);
  const device = services
    .get(deviceAllocator)
    .place({ model: launch.id, bytes, prefer: launch.prefer });
  throwIfAborted(call.signal);

  const resident = new Resident({
    id: launch.id,
    room: rooms.of(device),
    runtime: services.get(graphRuntime),
    replicas: launch.replicas ?? 1,
    keepAlive: (launch.keepAlive ?? KEEP_ALIVE_SECONDS) * 1000,
  });
  const resources: (Disposable | AsyncDisposable)[] = [];
  try {
    const pipeline = await kin.family.load({
      model,
      options,
      device,
      get: services.get,
      graph: (source) => resident.declare(source),
      use: (resource) => (resources.push(resource), resource),
      ...(kin.checkpoint && { checkpoint: kin.checkpoint }),
    });
    resident.refuseIfTooLarge();
    return new Serving({ kinship: kin, pipeline, resident, resources });
  } catch (error) {
    await resident.leave();
    await disposeAll(resources);
    throw error;
  }
}

async function launchOptions(
  family: ModelFamily<any, any>,
  { id, options = {} }: Launch,
): Promise<unknown> {
  if (family.options) return validated(family.options, options, id);
  const [unknown] = Object.keys(options);
  if (unknown === undefined) return {};
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" was launched with option "${unknown}"; family "${family.name}" has none. Leave it out.`,
  );
}

async function validated(schema: StandardSchemaV1, options: unknown, id: string): Promise<unknown> {
  const result = await schema["~standard"].validate(options);
  if (!result.issues) return result.value;
  const issues = result.issues.map(({ message, path }) => {
    const field = path?.map((part) => String(typeof part === "object" ? part.key : part)).join(".");
    return field ? `${field}: ${message}` : message;
  });
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" was launched with options that its family refuses. ${issues.join(". ")}.`,
  );
}
