import { modelLoad } from "./channels.ts";
import { closeAll, disposeAll } from "./dispose.ts";
import { throwIfAborted } from "./errors.ts";
import type { ModelFamily } from "./family.ts";
import { kinship } from "./kinship.ts";
import type { Kinship } from "./kinship.ts";
import { launchOptions } from "./launch-options.ts";
import type { Launch } from "./launch.ts";
import { leastWeightBytes } from "./model-folder.ts";
import type { Progress } from "./model-source.ts";
import type { Call } from "./pipeline.ts";
import { Resident } from "./resident.ts";
import type { Rooms } from "./rooms.ts";
import { ServedModel } from "./served-model.ts";
import type { Services } from "./services.ts";
import { deviceAllocator, graphRuntime, logger, modelSource } from "./tokens.ts";

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
): Promise<ServedModel> {
  const work = () => declare(launch, around, call, found);
  return modelLoad.tracePromise(work, { model: launch.id });
}

async function declare(
  launch: Launch,
  around: Surroundings,
  call: Call<Progress>,
  found: (kinship: Kinship) => void,
): Promise<ServedModel> {
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
    logger: services.get(logger),
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
    return new ServedModel({ kinship: kin, pipeline, resident, resources });
  } catch (error) {
    const closing = closeAll([() => resident.leave(), () => disposeAll(resources)]);
    await closing.catch((failure: unknown) => {
      const facts = { error: failure, model: launch.id };
      services.get(logger).error(facts, "What a failed load had made could not be closed.");
    });
    throw error;
  }
}
