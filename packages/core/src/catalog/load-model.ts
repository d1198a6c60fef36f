import { closeAll, disposeAll } from "../shared/dispose.ts";
import { unlessAborted } from "../errors.ts";
import type { KernelError } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import { attachTo } from "./attach.ts";
import type { FamilyChoice } from "./choose-family.ts";
import { findModel } from "./find-model.ts";
import { launchListing } from "./launch-listing.ts";
import type { Launch } from "../launch.ts";
import type { FoundModel, LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import type { Device } from "../device.ts";
import type { DeviceMemory } from "../memory/device-memory.ts";
import { ModelMemory } from "../memory/model-memory.ts";
import { LoadedModel } from "./loaded-model.ts";
import { chooseFiles } from "./plan-launch.ts";
import type { Services } from "../plugins/container.ts";
import { deviceAllocator, graphRuntime, logger } from "../services.ts";
import { tracing } from "../tracing.ts";
import { unchangedRuntime } from "./unchanged-runtime.ts";
import { withStrangeFiles } from "./with-strange-files.ts";

export interface Surroundings {
  readonly families: readonly ModelFamily<any, any, any>[];
  readonly services: Services;
  readonly memoryOf: (device: Device) => DeviceMemory;
  /** Seconds, for launches that do not say. */
  readonly keepAlive: number;
}

/** Hears of a model while and after it is loaded. */
export interface ModelListener {
  /** Its family is known. */
  found(choice: FamilyChoice): void;
  /** A file of its graphs is not as it was when they were declared. */
  changed(error: KernelError): void;
  /** Its load finds another model, at this source. */
  attached(source: string): void;
}

/** Finds a launch's folder, family and device, and has the family declare its graphs; opens none. */
export function loadModel(
  launch: Launch,
  around: Surroundings,
  call: Call<LoadProgress>,
  listener: ModelListener,
): Promise<LoadedModel> {
  const work = async () => {
    const source = await findModel(launch, around, call);
    try {
      return await declare(launch, source, { around, call, listener });
    } catch (error) {
      throw withStrangeFiles(error, source);
    }
  };
  return tracing.modelLoad.tracePromise(work, { model: launch.id });
}

interface Declaring {
  readonly around: Surroundings;
  readonly call: Call<LoadProgress>;
  readonly listener: ModelListener;
}

async function declare(
  launch: Launch,
  source: FoundModel,
  { around, call, listener }: Declaring,
): Promise<LoadedModel> {
  const { families, services, memoryOf } = around;
  const chosen = await chooseFiles(launch, source, families, (choice) => {
    listener.found(choice);
    warnIfMisnamed(choice, launch, services);
  });
  const { choice, options, files, leastBytes: bytes } = chosen;
  const { family } = choice;
  const device = services
    .get(deviceAllocator)
    .place({ model: launch.id, bytes, prefer: launch.prefer });
  const path = await unlessAborted(source.fetch(files, call), call.signal);
  const model = { ...launchListing(source, launch), files, path };

  const memory = new ModelMemory({
    id: launch.id,
    memory: memoryOf(device),
    runtime: unchangedRuntime(services.get(graphRuntime), {
      model: launch.id,
      changed: (error) => listener.changed(error),
    }),
    logger: services.get(logger),
    replicas: launch.replicas ?? 1,
    sideBySide: launch.replicas === undefined ? sideBySideOn(device) : 0,
    keepAlive: (launch.keepAlive ?? around.keepAlive) * 1000,
    runTimeout: launch.runTimeout && launch.runTimeout * 1000,
  });
  const resources: (Disposable | AsyncDisposable)[] = [];
  try {
    const pipeline = await family.load({
      model,
      options,
      device,
      get: services.get,
      signal: call.signal,
      onEvent: (progress) => call.onEvent(progress),
      graph: (source) => memory.declare(source),
      shortage: (source, dims) => memory.shortageOf(source, dims),
      attach: attachTo(launch, services, call, (source) => listener.attached(source)),
      use: (resource) => (resources.push(resource), resource),
      ...(choice.checkpoint && { checkpoint: choice.checkpoint }),
    });
    memory.refuseIfTooLarge();
    return new LoadedModel({ source: launch.source, choice, pipeline, memory, resources });
  } catch (error) {
    const closing = closeAll([() => memory.close(), () => disposeAll(resources)]);
    await closing.catch((failure: unknown) => {
      const facts = { error: failure, model: launch.id };
      services.get(logger).error(facts, "What a failed load had made could not be closed.");
    });
    throw error;
  }
}

/** Most runs side by side of a model whose launch does not say. Each has a copy of the weights. */
const maxSideBySide = 4;

/** Runs side by side on fewer threads each: they wait less for each other's threads than one run's threads do. */
function sideBySideOn({ provider, threads }: Device): number {
  return provider === "cpu" && threads > 1 ? Math.min(threads, maxSideBySide) : 0;
}

/** Tells when a name promises a published model, and the folder decides otherwise. */
function warnIfMisnamed(
  { family, misnamed }: FamilyChoice,
  { id }: Launch,
  services: Services,
): void {
  if (!misnamed) return;
  const facts = { model: id, family: family.name, called: misnamed.name };
  services
    .get(logger)
    .warn(facts, "The model has a published model's name, and is not served as that one.");
}
