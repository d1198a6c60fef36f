import { isKernelError, KernelError } from "../errors.ts";
import type { Checkpoint, Claim, LaunchListing, ModelFamily } from "../family.ts";
import type { Launch } from "../launch.ts";
import { isCalled } from "../published.ts";
import { told } from "../shared/told.ts";

/**
 * How a family comes to a model, surest first. "published": the folder is called as a checkpoint of the family, and `match`
 * agrees. "called": the launch alone is called so, and `match` agrees once it is told that name. "denied": one of both is
 * called so, and `match` does not agree. The others are claims of `match`.
 */
const grounds = ["exact", "published", "own", "called", "able", "denied"] as const;
const claims: readonly Claim[] = ["exact", "own", "able", false];

/** A family that has to do with a model. */
export interface Candidate {
  readonly family: ModelFamily<any, any, any>;
  readonly ground: (typeof grounds)[number];
  /** The answer of `match`. */
  readonly claim: Claim;
  /** The published model that this would be. */
  readonly checkpoint?: Checkpoint;
}

/** The families that have to do with a model, the surest first. LOAD_FAILED names one whose `match` fails. */
export function candidatesFor(
  families: readonly ModelFamily<any, any, any>[],
  listing: LaunchListing,
  launch: Launch,
): readonly Candidate[] {
  return families
    .flatMap((family) => candidateOf(family, listing, launch) ?? [])
    .toSorted((one, other) => sureness(one) - sureness(other));
}

/** Grows as candidates become less sure; equal for two that are as sure. */
export function sureness({ ground, claim }: Candidate): number {
  return grounds.indexOf(ground) * claims.length + claims.indexOf(claim);
}

function candidateOf(
  family: ModelFamily<any, any, any>,
  model: LaunchListing,
  { id, source }: Launch,
): Candidate | undefined {
  const claim = claimOf(family, model);
  const published = checkpointOf(family, model.names);
  const called = published ?? checkpointOf(family, [id, source]);
  if (!called) return claim ? { family, ground: claim, claim } : undefined;
  if (claim === "exact") return { family, ground: claim, claim, checkpoint: called };
  if (published) {
    return { family, ground: claim ? "published" : "denied", claim, checkpoint: published };
  }
  if (claim === "own") return { family, ground: claim, claim, checkpoint: called };
  const names = [called.repo, called.name, ...model.names];
  const renamed = claimOf(family, { ...model, names });
  if (renamed) return { family, ground: "called", claim: renamed, checkpoint: called };
  return { family, ground: "denied", claim: false, checkpoint: called };
}

/** The family's checkpoint that goes by one of these names. */
export function checkpointOf(
  { checkpoints = [] }: ModelFamily<any, any, any>,
  names: readonly string[],
): Checkpoint | undefined {
  return checkpoints.find((each) => isCalled(each, names));
}

/** A family that fails is named: its fault keeps every model from being recognised. */
function claimOf(family: ModelFamily<any, any, any>, { id, ...model }: LaunchListing): Claim {
  let claim: Claim;
  try {
    // `match` does not get the id. Families without types leave a condition that does not hold as it is.
    claim = family.match(model) || false;
  } catch (cause) {
    if (isKernelError(cause)) throw cause;
    throw faulty(family, `failed with ${String(cause)}`, id, cause);
  }
  if (claims.includes(claim)) return claim;
  throw faulty(family, `answered ${told(claim)}, not "exact", "own", "able" or false,`, id);
}

function faulty(
  { name }: ModelFamily<any, any, any>,
  fault: string,
  id: string,
  cause?: unknown,
): KernelError {
  const message = `The family "${name}" ${fault} when it was to recognise "${id}". Name another family at launch, or report the fault.`;
  return new KernelError("LOAD_FAILED", message, { cause });
}
