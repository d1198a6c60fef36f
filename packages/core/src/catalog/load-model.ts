import { closeAll, disposeAll } from "../shared/dispose.ts";
import { unlessAborted } from "../errors.ts";
import type { ModelFamily } from "../family.ts";
import { chooseFamily } from "./choose-family.ts";
import type { FamilyChoice } from "./choose-family.ts";
import { launchOptions } from "./launch-options.ts";
import type { Launch } from "../launch.ts";
import { leastWeightBytes } from "../sources/least-weight-bytes.ts";
import type { FoundModel, LoadProgress, ModelListing } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import type { Device } from "../device.ts";
import type { DeviceMemory } from "../memory/device-memory.ts";
import { ModelMemory } from "../memory/model-memory.ts";
import { LoadedModel } from "./loaded-model.ts";
import type { Services } from "../plugins/container.ts";
import { deviceAllocator, graphRuntime, logger, modelSource } from "../services.ts";
import { tracing } from "../tracing.ts";
import { withBrokenLinks } from "./with-broken-links.ts";

const KEEP_ALIVE_SECONDS = 300;

export interface Surroundings {
  readonly families: readonly ModelFamily<any, any, any>[];
  readonly services: Services;
  readonly memoryOf: (device: Device) => DeviceMemory;
}

/**
 * Finds a launch's folder, family and device, and has the family declare its graphs; opens none. `found` hears of the
 * family as soon as it is known.
 */
export function loadModel(
  launch: Launch,
  around: Surroundings,
  call: Call<LoadProgress>,
  found: (choice: FamilyChoice) => void,
): Promise<LoadedModel> {
  const work = async () => {
    const finding = around.services.get(modelSource).find(launch.source, call);
    const source = await unlessAborted(finding, call.signal);
    try {
      return await declare(launch, source, { around, call, found });
    } catch (error) {
      throw withBrokenLinks(error, source);
    }
  };
  return tracing.modelLoad.tracePromise(work, { model: launch.id });
}

interface Declaring {
  readonly around: Surroundings;
  readonly call: Call<LoadProgress>;
  readonly found: (choice: FamilyChoice) => void;
}

async function declare(
  launch: Launch,
  source: FoundModel,
  { around, call, found }: Declaring,
): Promise<LoadedModel> {
  const { families, services, memoryOf } = around;
  const names = [...new Set([launch.id, launch.source, ...source.names])];
  const listing = listingOf(source, names);
  const choice = chooseFamily(families, listing, launch);
  found(choice);
  const { family } = choice;
  const options = await launchOptions(family, launch);
  const files = family.files?.(listing, options) ?? source.files;
  const bytes =
    family.leastBytes?.(listing, options) ??
    leastWeightBytes({ files, size: (file) => source.size(file) });
  const device = services
    .get(deviceAllocator)
    .place({ model: launch.id, bytes, prefer: launch.prefer });
  const path = await unlessAborted(source.fetch(files, call), call.signal);
  const model = { ...listing, id: launch.id, files, path };

  const memory = new ModelMemory({
    id: launch.id,
    memory: memoryOf(device),
    runtime: services.get(graphRuntime),
    logger: services.get(logger),
    replicas: launch.replicas ?? 1,
    keepAlive: (launch.keepAlive ?? KEEP_ALIVE_SECONDS) * 1000,
  });
  const resources: (Disposable | AsyncDisposable)[] = [];
  try {
    const pipeline = await family.load({
      model,
      options,
      device,
      get: services.get,
      graph: (source) => memory.declare(source),
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

/** A source's answer under all its names. The source may be an instance of a class, so its methods stay its own. */
function listingOf(source: FoundModel, names: readonly string[]): ModelListing {
  return {
    names,
    files: source.files,
    json: (file) => source.json(file),
    ...(source.header && { header: (file: string) => source.header!(file) }),
  };
}
