import { modelLoad } from "../tracing.ts";
import { closeAll, disposeAll } from "../shared/dispose.ts";
import { throwIfAborted } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import { chooseFamily } from "./choose-family.ts";
import type { FamilyChoice } from "./choose-family.ts";
import { launchOptions } from "./launch-options.ts";
import type { Launch } from "../launch.ts";
import { leastWeightBytes } from "../sources/model-folder.ts";
import type { Progress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { Resident } from "../memory/resident.ts";
import type { Rooms } from "../memory/rooms.ts";
import { LoadedModel } from "./loaded-model.ts";
import type { Services } from "../plugins/container.ts";
import { deviceAllocator, graphRuntime, logger, modelSource } from "../services.ts";

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
export function loadModel(
  launch: Launch,
  around: Surroundings,
  call: Call<Progress>,
  found: (choice: FamilyChoice) => void,
): Promise<LoadedModel> {
  const work = () => declare(launch, around, call, found);
  return modelLoad.tracePromise(work, { model: launch.id });
}

async function declare(
  launch: Launch,
  around: Surroundings,
  call: Call<Progress>,
  found: (choice: FamilyChoice) => void,
): Promise<LoadedModel> {
  const { families, services, rooms } = around;
  const folder = await services.get(modelSource).resolve(launch.source, call);
  const model = { ...folder, id: launch.id };
  const choice = chooseFamily(families, model, launch);
  found(choice);
  const options = await launchOptions(choice.family, launch);
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
    const pipeline = await choice.family.load({
      model,
      options,
      device,
      get: services.get,
      graph: (source) => resident.declare(source),
      use: (resource) => (resources.push(resource), resource),
      ...(choice.checkpoint && { checkpoint: choice.checkpoint }),
    });
    resident.refuseIfTooLarge();
    return new LoadedModel({ choice, pipeline, resident, resources });
  } catch (error) {
    const closing = closeAll([() => resident.leave(), () => disposeAll(resources)]);
    await closing.catch((failure: unknown) => {
      const facts = { error: failure, model: launch.id };
      services.get(logger).error(facts, "What a failed load had made could not be closed.");
    });
    throw error;
  }
}
