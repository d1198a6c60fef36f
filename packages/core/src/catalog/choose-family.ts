import { isKernelError, KernelError } from "../errors.ts";
import type { Checkpoint, ModelFamily } from "../family.ts";
import type { Launch } from "../launch.ts";
import type { ModelListing } from "../model-source.ts";
import { isCalled } from "../published.ts";
import { suggestion } from "./suggestion.ts";

/** Files that a message names. */
const maxNamed = 5;

export interface FamilyChoice {
  readonly family: ModelFamily<any, any, any>;
  readonly checkpoint?: Checkpoint;
}

/**
 * Chooses the family that serves a model: the one that the launch names; else the one that knows the checkpoint by name;
 * else the one that recognises the model, "own" before "able". LOAD_FAILED when none does, in the words of a family that
 * knows what the model is, or when two do.
 */
export function chooseFamily(
  families: readonly ModelFamily<any, any, any>[],
  model: ModelListing,
  launch: Launch,
): FamilyChoice {
  const known = families.flatMap((family) =>
    (family.checkpoints ?? [])
      .filter((it) => isCalled(it, model.names))
      .map((checkpoint) => ({ family, checkpoint })),
  );
  if (launch.family !== undefined) {
    const family = families.find(({ name }) => name === launch.family);
    if (!family) throw unknownFamily(families, launch.family);
    return known.find((it) => it.family === family) ?? { family };
  }
  return known[0] ?? { family: recognise(families, model, launch) };
}

function recognise(
  families: readonly ModelFamily<any, any, any>[],
  model: ModelListing,
  { source }: Launch,
): ModelFamily<any, any, any> {
  const claims = families.map((family) => ({ family, claim: claimOf(family, model, source) }));
  for (const strength of ["own", "able"] as const) {
    const [first, second] = claims.filter(({ claim }) => claim === strength);
    if (first && second) {
      const [one, other] = [first.family.name, second.family.name];
      throw failed(
        `Both "${one}" and "${other}" recognise ${source}. Choose one: "${source}#${one}".`,
      );
    }
    if (first) return first.family;
  }
  for (const family of families) {
    const refusal = family.refuse?.(model);
    if (refusal !== undefined) throw failed(refusal);
  }
  const names = families.map(({ name }) => name).join(", ") || "none";
  throw failed(
    `No family recognises ${source}, which holds ${filesOf(model)} (installed: ${names}). Check that this is the model's own folder, or add the plugin that serves it.`,
  );
}

function filesOf({ files }: ModelListing): string {
  if (files.length === 0) return "no files";
  const named = files.slice(0, maxNamed).join(", ");
  return files.length > maxNamed ? `${files.length} files, among them ${named}` : named;
}

/** A family that fails is named: its fault keeps every model from being recognised. */
function claimOf(
  family: ModelFamily<any, any, any>,
  model: ModelListing,
  source: string,
): ReturnType<ModelFamily["match"]> {
  try {
    return family.match(model);
  } catch (cause) {
    if (isKernelError(cause)) throw cause;
    const message = `The family "${family.name}" failed with ${String(cause)} when it was to recognise ${source}. Name another at launch, or report the fault.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  }
}

function unknownFamily(families: readonly ModelFamily<any, any, any>[], name: string): KernelError {
  return failed(
    `There is no family "${name}".${suggestion(
      name,
      families.map((family) => family.name),
    )}`,
  );
}

function failed(message: string): KernelError {
  return new KernelError("LOAD_FAILED", message);
}
