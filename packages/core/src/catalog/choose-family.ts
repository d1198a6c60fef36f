import { KernelError } from "../errors.ts";
import type { Checkpoint, LaunchListing, ModelFamily } from "../family.ts";
import type { Launch } from "../launch.ts";
import type { ModelListing } from "../model-source.ts";
import { candidatesFor, checkpointOf, sureness } from "./family-candidates.ts";
import { suggestion } from "../suggestion.ts";

/** Files that a message names. */
const maxNamed = 5;

export interface FamilyChoice {
  readonly family: ModelFamily<any, any, any>;
  readonly checkpoint?: Checkpoint;
  /** Another published model, as which the folder or the launch is called. */
  readonly misnamed?: Checkpoint;
}

type Families = readonly ModelFamily<any, any, any>[];

/**
 * Chooses the family that serves a model: the one that the launch names, else the surest candidate. LOAD_FAILED when there
 * is none, in the words of a family that knows what the model is, or when two are as sure.
 */
export function chooseFamily(
  families: Families,
  model: LaunchListing,
  launch: Launch,
): FamilyChoice {
  const { family, checkpoint } = named(families, model, launch) ?? surest(families, model, launch);
  const misnamed =
    launch.family === undefined ? misnamedAs(families, model, launch, checkpoint) : undefined;
  return { family, ...(checkpoint && { checkpoint }), ...(misnamed && { misnamed }) };
}

/** The family that the launch names; undefined when it names none. */
function named(
  families: Families,
  { names }: ModelListing,
  { id, source, family: name }: Launch,
): FamilyChoice | undefined {
  if (name === undefined) return undefined;
  const family = families.find((each) => each.name === name);
  if (!family) throw unknownFamily(families, name);
  const checkpoint = checkpointOf(family, names) ?? checkpointOf(family, [id, source]);
  return { family, ...(checkpoint && { checkpoint }) };
}

function surest(families: Families, model: LaunchListing, launch: Launch): FamilyChoice {
  const [first, second] = candidatesFor(families, model, launch);
  if (!first || first.ground === "denied") {
    const refusal = families.map((family) => family.refuse?.(model)).find(Boolean);
    if (refusal !== undefined) throw failed(refusal);
  }
  // A family whose checkpoint the model is called as can tell why it is not.
  if (!first) throw unrecognised(families, model);
  if (second && sureness(first) === sureness(second)) {
    const [one, other] = [first.family.name, second.family.name];
    throw failed(
      `Both "${one}" and "${other}" recognise "${model.id}", and neither is surer than the other. Launch it with family: "${one}" or family: "${other}".`,
    );
  }
  return first;
}

function misnamedAs(
  families: Families,
  { names }: ModelListing,
  { id, source }: Launch,
  checkpoint: Checkpoint | undefined,
): Checkpoint | undefined {
  return [...names, id, source]
    .flatMap((name) => families.flatMap((family) => checkpointOf(family, [name]) ?? []))
    .find(({ repo }) => repo !== checkpoint?.repo);
}

function unrecognised(families: Families, model: LaunchListing): KernelError {
  const installed = families.map(({ name }) => name).join(", ") || "none";
  return failed(
    `No family recognises "${model.id}", which holds ${filesOf(model)} (installed: ${installed}). Check that this is the model's own folder, or add the plugin that serves it.`,
  );
}

function filesOf({ files }: ModelListing): string {
  if (files.length === 0) return "no files";
  const listed = files.slice(0, maxNamed).join(", ");
  return files.length > maxNamed ? `${files.length} files, among them ${listed}` : listed;
}

function unknownFamily(families: Families, name: string): KernelError {
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
