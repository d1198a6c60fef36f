import { isKernelError, unlessAborted } from "../errors.ts";
import type { Launch } from "../launch.ts";
import type { LaunchPlan } from "../launch-plan.ts";
import type { FoundModel, LoadProgress } from "../model-source.ts";
import type { Call } from "../pipeline.ts";
import { deviceAllocator } from "../services.ts";
import type { FamilyChoice } from "./choose-family.ts";
import { chooseFamily } from "./choose-family.ts";
import { findModel } from "./find-model.ts";
import { launchListing } from "./launch-listing.ts";
import { launchOptions } from "./launch-options.ts";
import type { Surroundings } from "./load-model.ts";
import { leastWeightBytes } from "../sources/least-weight-bytes.ts";

/** A launch's family with what it needs of a model that was found. */
export interface ChosenFiles {
  readonly choice: FamilyChoice;
  readonly options: any;
  readonly files: readonly string[];
  /** Bytes of weights that must be in memory at once. */
  readonly leastBytes: number;
}

/** Has the family of a launch choose its files. `found` hears of the family before its options are checked. */
export async function chooseFiles(
  launch: Launch,
  source: FoundModel,
  families: Surroundings["families"],
  found: (choice: FamilyChoice) => void = () => {},
): Promise<ChosenFiles> {
  const listing = launchListing(source, launch);
  const choice = chooseFamily(families, listing, launch);
  found(choice);
  const { family } = choice;
  const options = await launchOptions(family, launch);
  const files = family.files?.(listing, options) ?? source.files;
  const bytes =
    family.leastBytes?.(listing, options) ??
    leastWeightBytes({ files, size: (file) => source.size(file) });
  const leastBytes = Math.floor(bytes * (family.leastShare?.(options) ?? 1));
  return { choice, options, files, leastBytes };
}

/** Finds a launch's model and says what serving it would take; fetches nothing but what finding brings. */
export async function planLaunch(
  launch: Launch,
  around: Surroundings,
  call: Call<LoadProgress>,
): Promise<LaunchPlan> {
  const source = await findModel(launch, around, call);
  const chosen = await chooseFiles(launch, source, around.families);
  const { choice, files, leastBytes } = chosen;
  const { family } = choice;
  const sized = files.map((path) => ({ path, bytes: source.size(path) }));
  const missing = source.missing ? await unlessAborted(source.missing(files), call.signal) : 0;
  return {
    id: launch.id,
    family: family.name,
    task: family.task.name,
    files: sized,
    bytes: sized.reduce((sum, { bytes }) => sum + bytes, 0),
    missing,
    leastBytes,
    ...placeOf(launch, leastBytes, around),
  };
}

function placeOf(
  { id, prefer }: Launch,
  bytes: number,
  { services }: Surroundings,
): Pick<LaunchPlan, "device" | "reason"> {
  try {
    return { device: services.get(deviceAllocator).place({ model: id, bytes, prefer }).id };
  } catch (error) {
    if (!isKernelError(error) || error.code !== "DEVICE_EXHAUSTED") throw error;
    return { reason: error.message };
  }
}
