import { basename } from "node:path";
import { KernelError } from "../errors.ts";
import type { Checkpoint, ModelFamily, ModelFolder } from "../family.ts";
import type { Launch } from "../launch.ts";
import { cachedRepo } from "../sources/hub-cache.ts";
import { suggestion } from "./suggestion.ts";

export interface FamilyChoice {
  readonly family: ModelFamily<any, any>;
  readonly checkpoint?: Checkpoint;
}

/**
 * Which family serves a folder: the one that the launch names; else the one that knows the checkpoint by name; else the
 * one that recognises the folder, "own" before "able". LOAD_FAILED when none does or two do.
 */
export function chooseFamily(
  families: readonly ModelFamily<any, any>[],
  folder: ModelFolder,
  launch: Launch,
): FamilyChoice {
  const names = namesOf(folder, launch);
  const known = families.flatMap((family) =>
    (family.checkpoints ?? [])
      .filter((it) => isCalled(it, names))
      .map((checkpoint) => ({ family, checkpoint })),
  );
  if (launch.family !== undefined) {
    const family = families.find(({ name }) => name === launch.family);
    if (!family) throw unknownFamily(families, launch.family);
    return known.find((it) => it.family === family) ?? { family };
  }
  return known[0] ?? { family: recognise(families, folder) };
}

function recognise(
  families: readonly ModelFamily<any, any>[],
  folder: ModelFolder,
): ModelFamily<any, any> {
  const claims = families.map((family) => ({ family, claim: family.match(folder) }));
  for (const strength of ["own", "able"] as const) {
    const [first, second] = claims.filter(({ claim }) => claim === strength);
    if (first && second) {
      const [one, other] = [first.family.name, second.family.name];
      throw failed(
        `Both "${one}" and "${other}" recognise ${folder.path}. Choose one: "${folder.path}#${one}".`,
      );
    }
    if (first) return first.family;
  }
  const names = families.map(({ name }) => name).join(", ") || "none";
  throw failed(
    `No family recognises ${folder.path} (installed: ${names}). Name one at launch, or add the plugin that knows it.`,
  );
}

/** Everything that may tell which checkpoint a folder is: how it was launched, and where the Hugging Face cache keeps it. */
function namesOf(folder: ModelFolder, launch: Launch): readonly string[] {
  const repo = cachedRepo(folder.path) ?? [];
  return [launch.id, launch.source, basename(folder.path), repo].flat();
}

/** Whether a checkpoint goes by one of these names, whatever their case. */
export function isCalled(
  { name, repo, aliases = [] }: Checkpoint,
  names: readonly string[],
): boolean {
  const asked = names.map((each) => each.toLowerCase());
  return [name, repo, ...aliases].some((known) => asked.includes(known.toLowerCase()));
}

function unknownFamily(families: readonly ModelFamily<any, any>[], name: string): KernelError {
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
