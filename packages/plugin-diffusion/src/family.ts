import { KernelError } from "@kindred/core";
import type { Checkpoint, ModelFamily, ModelListing } from "@kindred/core";
import type { Architecture } from "./architectures/architecture.ts";
import { chooseArchitecture, pipelineOf } from "./architectures/choose-architecture.ts";
import { latentConsistencyArchitecture } from "./architectures/latent-consistency.ts";
import { stableDiffusionArchitecture } from "./architectures/stable-diffusion.ts";
import { unserved } from "./architectures/unserved.ts";
import { diffusionPipeline } from "./pipeline.ts";
import { launchOptions } from "./request/launch-options.ts";
import type { DiffusionOptions } from "./request/launch-options.ts";
import { indivisible, sizeOf } from "./request/size.ts";
import type { SchedulerConfig } from "./schedulers/config.ts";
import { asFolder, singleFileOf } from "./single-file/as-folder.ts";
import { largestComponentBytes } from "./single-file/file-weights.ts";
import { openAsFolder } from "./single-file/open-as-folder.ts";
import { singleFileIn } from "./single-file/single-file.ts";
import { image } from "./task.ts";
import type { Size } from "./task.ts";

/** A kind of diffusion model as a table of facts. A folder's own files win over them. */
export interface DiffusionFamily {
  /** kebab-case, unique in a kernel. */
  readonly name: string;
  readonly checkpoints: readonly DiffusionCheckpoint[];
  /**
   * Whether a folder whose pipeline the family's architecture serves is of this family: "own" when it recognises it, "able"
   * when it could serve it too, false when it could not.
   */
  match(model: ModelListing): "own" | "able" | false;
  /** Values of fields that a request omits, where neither launch nor checkpoint says them. */
  readonly steps: number;
  readonly guidance: number;
  /** The schedule of its single-file checkpoints, which hold none. Default: by what they predict, as diffusers has it. */
  readonly singleFileSchedule?: SchedulerConfig;
}

export interface DiffusionCheckpoint extends Checkpoint {
  readonly defaults?: { readonly steps?: number; readonly guidance?: number };
}

/** A family of Stable Diffusion 1 or 2, or of Latent Consistency Models made from them, from its facts. */
export function stableDiffusion(
  facts: DiffusionFamily,
): ModelFamily<typeof image, DiffusionOptions, DiffusionCheckpoint> {
  return diffusionFamily([stableDiffusionArchitecture, latentConsistencyArchitecture], facts);
}

/** A family of the image task from its facts, and the architectures that its models have. */
export function diffusionFamily(
  architectures: readonly Architecture[],
  facts: DiffusionFamily,
): ModelFamily<typeof image, DiffusionOptions, DiffusionCheckpoint> {
  const { name, checkpoints } = facts;
  const pipelines = architectures.flatMap((each) => each.pipelines);
  const architectureOf = (model: ModelListing) => chooseArchitecture(architectures, model, name);
  return {
    name,
    task: image,
    checkpoints,
    options: launchOptions,

    match(listing) {
      const model = asFolder(listing);
      if (!pipelines.includes(pipelineOf(model) ?? "")) return false;
      return isNamedFile(model, checkpoints) ? "own" : facts.match(model);
    },

    refuse(model) {
      const known = unserved(model);
      return known && `"${model.names[0]}" ${known.what}. ${known.advice}`;
    },

    files(listing, options) {
      const model = asFolder(listing);
      const files = architectureOf(model).files(model, options);
      return [...new Set(files)].filter((file) => listing.files.includes(file));
    },

    leastBytes(listing) {
      const singleFile = singleFileIn(listing);
      return singleFile && largestComponentBytes(singleFile);
    },

    async load(context) {
      const { device, options } = context;
      const seen = await openAsFolder(context, { schedule: facts.singleFileSchedule });
      const { model } = seen;
      const components = await architectureOf(model).open(seen);
      const { native, multiple } = components;
      const { steps, guidance } = { ...facts, ...context.checkpoint?.defaults };
      return diffusionPipeline({
        ...components,
        id: model.id,
        device,
        defaults: {
          steps: options.steps ?? steps,
          guidance: options.guidance ?? guidance,
          ...(launchedSize(model.id, options.size, multiple) ?? native),
        },
        promptTruncate: options.prompt_truncate,
        only: options.enlarge ? native : undefined,
        told: { about: options.about, examples: options.examples },
      });
    },
  };
}

/** Whether a folder holds a single file that goes by a checkpoint's name. The kernel knows the folder's own name alone. */
function isNamedFile(model: ModelListing, checkpoints: readonly Checkpoint[]): boolean {
  const stem = singleFileOf(model)
    ?.file.replace(/\.safetensors$/, "")
    .toLowerCase();
  return checkpoints.some(({ name, aliases = [] }) =>
    [name, ...aliases].some((each) => each.toLowerCase() === stem),
  );
}

/** The size that a launch of this id sets. LOAD_FAILED when the model cannot draw it. */
function launchedSize(id: string, text: string | undefined, multiple: number): Size | undefined {
  const size = sizeOf(text);
  const fault = size && indivisible(size, multiple);
  if (!fault) return size;
  throw new KernelError(
    "LOAD_FAILED",
    `"${id}" was launched with options that its family refuses. size: ${fault.message}`,
  );
}
