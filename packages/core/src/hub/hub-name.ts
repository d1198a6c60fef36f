import type { Checkpoint } from "../family.ts";
import { isCalled } from "../published.ts";

/** A repository on Hugging Face at a revision. */
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

/** Parts of Hugging Face's own addresses, which nobody has for a name: `models/x` is a path. */
const noOwners = /^(?:models|datasets|spaces)\//i;

/**
 * The repository that `source` names: "owner/name", or the name or an alias of one of `checkpoints`, either with "@revision". The default
 * revision is the checkpoint's, or else "main". undefined when it can be no such name, such as a path of more parts.
 */
export function hubName(
  source: string,
  checkpoints: readonly Checkpoint[] = [],
): HubName | undefined {
  const at = source.indexOf("@");
  const name = at < 0 ? source : source.slice(0, at);
  const asked = at < 0 ? undefined : source.slice(at + 1);
  if (asked !== undefined && !revisions.test(asked)) return undefined;
  const known = checkpoints.find((each) => isCalled(each, [name]));
  if (known) {
    const { repo, revision, include = [] } = known;
    return { repo, revision: asked ?? revision, include };
  }
  if (!repository.test(name) || noOwners.test(name)) return undefined;
  return { repo: name, revision: asked ?? "main", include: [] };
}
