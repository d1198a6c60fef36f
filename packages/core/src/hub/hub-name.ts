import type { Checkpoint } from "../family.ts";

/** Where models are published under names. */
export type Hub = "huggingface" | "modelscope";

/** A repository of a hub at a revision. */
export interface HubName {
  /** "owner/name". */
  readonly repo: string;
  /** A commit, a branch or a tag. */
  readonly revision: string;
  /** Glob patterns of the files that count, as `Checkpoint.include`. Empty: all. */
  readonly include: readonly string[];
}

/** An owner and a name, of at most 96 characters each. A cache's folder parts them by "--". */
const repository = /^(?!.*(?:--|\.\.))[a-z0-9][\w.-]{0,95}\/[a-z0-9][\w.-]{0,95}$/i;
const revisions = /^(?!.*\.\.)[a-z0-9][\w./-]*$/i;

/** Parts of the hubs' own addresses, which nobody has for a name: `models/x` is a path. */
const noOwners = /^(?:models|datasets|spaces)\//i;

/**
 * The repository that `source` names: "owner/name", or the name or an alias of one of `checkpoints`, either with "@revision". The default
 * revision is the checkpoint's at that hub, or else "main", and "master" at ModelScope. There, only bare names stand for another
 * repository: "owner/name" is ModelScope's own. undefined when it can be no such name, such as a path of more parts, or a checkpoint's that
 * is not known to be at that hub.
 */
export function hubName(
  source: string,
  checkpoints: readonly Checkpoint[] = [],
  hub: Hub = "huggingface",
): HubName | undefined {
  const { name, revision } = parts(source);
  if (revision !== undefined && !revisions.test(revision)) return undefined;
  const known = checkpoints.find((each) => namesAt(each, hub).includes(name.toLowerCase()));
  const place = known && (hub === "modelscope" ? known.modelscope : known);
  const main = hub === "modelscope" ? "master" : "main";
  if (place) {
    return {
      repo: place.repo,
      revision: revision ?? place.revision ?? main,
      include: known.include ?? [],
    };
  }
  if (!repository.test(name) || noOwners.test(name)) return undefined;
  return { repo: name, revision: revision ?? main, include: [] };
}

/** Whether two names "owner/name" are one repository: hubs do not tell upper case from lower. */
export function isSameRepo(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Whether a source names one of `checkpoints`, which may be at any hub. */
export function isPublished(source: string, checkpoints: readonly Checkpoint[]): boolean {
  const name = parts(source).name.toLowerCase();
  return checkpoints.some((each) => namesAt(each, "huggingface").includes(name));
}

function parts(source: string): { readonly name: string; readonly revision?: string } {
  const at = source.indexOf("@");
  return at < 0 ? { name: source } : { name: source.slice(0, at), revision: source.slice(at + 1) };
}

/** What a checkpoint is called at a hub, in lower case. */
function namesAt(
  { name, repo, aliases = [], modelscope }: Checkpoint,
  hub: Hub,
): readonly string[] {
  const others = [name, ...aliases];
  const names =
    hub === "huggingface"
      ? [...others, repo]
      : [...others.filter((each) => !each.includes("/")), modelscope?.repo ?? []].flat();
  return names.map((each) => each.toLowerCase());
}
