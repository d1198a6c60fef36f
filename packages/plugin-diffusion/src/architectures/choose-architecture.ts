import { KernelError } from "@kindred/core";
import type { LaunchListing, ModelListing } from "@kindred/core";
import type { Architecture } from "./architecture.ts";
import { unserved } from "./unserved.ts";
import type { Unserved } from "./unserved.ts";

/** The class of a folder's pipeline. undefined when `model_index.json` does not say it. */
export function pipelineOf(model: ModelListing): string | undefined {
  return model.json("model_index.json")?._class_name;
}

/** Pipeline classes of an architecture that a message names. */
const maxNamed = 3;

/**
 * The architecture of a folder among those of a family. LOAD_FAILED says what the folder holds, which pipelines the family
 * serves, and what to do.
 */
export function chooseArchitecture(
  architectures: readonly Architecture[],
  model: LaunchListing,
  family: string,
): Architecture {
  const pipeline = pipelineOf(model);
  const candidates = architectures.filter((each) => each.pipelines.includes(pipeline ?? ""));
  const found = candidates.find((each) => each.mismatch(model) === undefined);
  if (found) return found;
  const [mismatch] = candidates.map((each) => each.mismatch(model));
  const { what, advice } =
    mismatch === undefined
      ? (unserved(model) ?? nothingKnown)
      : { what: `is a ${pipeline}, but ${mismatch}`, advice: "Launch a folder of that kind." };
  throw new KernelError(
    "LOAD_FAILED",
    `"${model.id}" ${what}. Family "${family}" serves ${architectures.map(served).join(" and ")}. ${advice}`,
  );
}

const nothingKnown: Unserved = {
  what: "has no model_index.json",
  advice: "Launch a folder that has one.",
};

function served({ name, pipelines }: Architecture): string {
  const more = pipelines.length - maxNamed;
  const named = pipelines.slice(0, maxNamed).join(", ");
  return `${name} (${named}${more > 0 ? ` and ${more} more` : ""})`;
}
