import { join } from "node:path";
import { isKernelError } from "@kindred/core";
import type { Checkpoint, Kernel, LaunchPlan } from "@kindred/core";
import { cachedModels, hubName, isSameRepo } from "@kindred/core/hub";
import type { CachedModel, CachedRevision, Hub, HubName } from "@kindred/core/hub";

/** A model that can be named without looking it up: a published one, or one that is cached. */
export interface KnownModel {
  /** Absent for a cached one that no installed family serves, or that is not there in whole. */
  readonly task?: string;
  readonly family?: string;
  readonly name: string;
  /** "owner/name". */
  readonly repo: string;
  readonly license?: string;
  /** Absent where it is not known without asking. */
  readonly gated?: boolean;
  /** Whether all that its family reads is in the cache. */
  readonly cached: "yes" | "partly" | "no";
  /** Bytes of its repository on disk, of all revisions and of broken downloads. */
  readonly bytes: number;
}

/** The checkpoints of a kernel's families, then the further models in Hugging Face's cache. Nothing is asked of a network. */
export async function knownModels(kernel: Kernel, hub: Hub): Promise<readonly KnownModel[]> {
  const cached = await cachedModels(process.env, hub);
  const families = kernel.plugins.flatMap((plugin) => plugin.families ?? []);
  const known = families.flatMap(({ name: family, task, checkpoints = [] }) =>
    checkpoints.map(async (checkpoint): Promise<KnownModel> => {
      const { name, license, gated = false } = checkpoint;
      const { repo, revision } = placeOf(checkpoint, hub);
      const model = cached.find((each) => isSameRepo(each.repo, repo));
      const state = model ? await stateOf(kernel, revision, model) : nothing;
      return { task: task.name, family, name, repo, gated, ...state, ...(license && { license }) };
    }),
  );
  const names = await Promise.all(known);
  const further = cached.filter(({ repo }) => !names.some((each) => isSameRepo(each.repo, repo)));
  return [...names, ...(await Promise.all(further.map((model) => furtherModel(kernel, model))))];
}

/** Where a hub has a checkpoint. One that is not known to be there is named by its repository on Hugging Face. */
function placeOf(checkpoint: Checkpoint, hub: Hub): Pick<HubName, "repo" | "revision"> {
  return hubName(checkpoint.name, [checkpoint], hub) ?? checkpoint;
}

type State = Pick<KnownModel, "cached" | "bytes">;

const nothing: State = { cached: "no", bytes: 0 };

async function stateOf(kernel: Kernel, revision: string, model: CachedModel): Promise<State> {
  const bytes = model.bytes + model.incompleteBytes;
  const revisions = model.revisions.filter(
    ({ commit, refs }) => commit.startsWith(revision) || refs.includes(revision),
  );
  if (revisions.length === 0 && model.incompleteBytes === 0) return nothing;
  const plans = await Promise.all(revisions.map((each) => planOf(kernel, model, each)));
  return { cached: plans.some(Boolean) ? "yes" : "partly", bytes };
}

async function furtherModel(kernel: Kernel, model: CachedModel): Promise<KnownModel> {
  const { repo, revisions, incompleteBytes } = model;
  const chosen = revisions.find(({ refs }) => refs.includes("main")) ?? revisions[0];
  const plan = chosen && (await planOf(kernel, model, chosen));
  const isWhole = plan !== undefined || (chosen?.isWhole === true && incompleteBytes === 0);
  return {
    name: repo,
    repo,
    cached: isWhole ? "yes" : "partly",
    bytes: model.bytes + incompleteBytes,
    ...(plan && { task: plan.task, family: plan.family }),
  };
}

/** What serving a revision from the cache would take; undefined where no family serves it, or a file is missing that it reads. */
async function planOf(
  kernel: Kernel,
  { repo, folder }: CachedModel,
  { commit }: CachedRevision,
): Promise<LaunchPlan | undefined> {
  const source = join(folder, "snapshots", commit);
  return kernel.plan({ id: repo, source }).catch((error: unknown) => {
    if (isKernelError(error)) return undefined;
    throw error;
  });
}
