import { KernelError } from "@kindred/core";
import type { Checkpoint, ModelFamily, ModelListing } from "@kindred/core";
import type { Architecture } from "./architectures/architecture.ts";
import { chooseArchitecture, pipelineOf } from "./architectures/choose-architecture.ts";
import { stableDiffusionArchitecture } from "./architectures/stable-diffusion.ts";
import { diffusionPipeline } from "./pipeline.ts";
import { launchOptions } from "./request/launch-options.ts";
import type { DiffusionOptions } from "./request/launch-options.ts";
import { indivisible, sizeOf } from "./request/size.ts";
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
}

export interface DiffusionCheckpoint extends Checkpoint {
  readonly defaults?: { readonly steps?: number; readonly guidance?: number };
}

/** A family of Stable Diffusion 1 or 2 from its facts. */
export function stableDiffusion(
  facts: DiffusionFamily,
): ModelFamily<typeof image, DiffusionOptions, DiffusionCheckpoint> {
  return diffusionFamily([stableDiffusionArchitecture], facts);
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
    match: (model) => pipelines.includes(pipelineOf(model) ?? "") && facts.match(model),
    files: (model, options) => architectureOf(model).files(model, options),

    async load(context) {
      const { model, device, options } = context;
      const components = await architectureOf(model).open(context);
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
        only: options.enlarge ? native : undefined,
      });
    },
  };
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
