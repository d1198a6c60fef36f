import { basename } from "node:path";
import type { Checkpoint, ModelFamily } from "./family.ts";

/** A checkpoint that can be fetched, and the folder to fetch it into. */
export interface Published {
  readonly checkpoint: Checkpoint;
  readonly folder: string;
}

/** Whether a checkpoint goes by one of these names; case does not matter. */
export function isCalled(
  { name, repo, aliases = [], modelscope }: Checkpoint,
  names: readonly string[],
): boolean {
  const asked = names.map((each) => each.toLowerCase());
  const known = [name, repo, ...aliases, ...(modelscope ? [modelscope.repo] : [])];
  return known.some((each) => asked.includes(each.toLowerCase()));
}

/** A checkpoint with the folder that it is fetched into unless another is named: models/NAME. */
export function published(checkpoint: Checkpoint): Published {
  return { checkpoint, folder: `models/${checkpoint.name}` };
}

/** The checkpoint that a launch's source names: by itself, "bge-small-en-v1.5", or as the last part of a path, which is then its folder. */
export function publishedAs(
  families: readonly ModelFamily<any, any, any>[],
  source: string,
): Published | undefined {
  const known = families.flatMap(({ checkpoints = [] }) => checkpoints);
  const bare = known.find((each) => isCalled(each, [source]));
  if (bare) return published(bare);
  const checkpoint = known.find((each) => isCalled(each, [basename(source)]));
  return checkpoint && { checkpoint, folder: source };
}

/** The command of `huggingface_hub` 1.0 or newer that fetches a checkpoint into its folder. */
export function fetchCommand({ checkpoint, folder }: Published): string {
  const { repo, revision, include = [] } = checkpoint;
  const patterns = include.map((pattern) => ` --include "${pattern}"`).join("");
  const into = /\s/.test(folder) ? `"${folder}"` : folder;
  return `hf download ${repo} --revision ${revision}${patterns} --local-dir ${into}`;
}
