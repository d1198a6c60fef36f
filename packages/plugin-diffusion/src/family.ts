import { KernelError } from "@kindred/core";
import type {
  Checkpoint,
  FamilyFacts,
  LaunchListing,
  LoadContext,
  ModelFamily,
  ModelListing,
} from "@kindred/core";
import { leastShareOf } from "@kindred/core/onnx";
import { allArchitectures } from "./architectures/all-architectures.ts";
import type { Architecture } from "./architectures/architecture.ts";
import { chooseArchitecture, pipelineOf } from "./architectures/choose-architecture.ts";
import { unserved } from "./architectures/unserved.ts";
import { openPreviewDecoder } from "./components/open-preview-decoder.ts";
import { launchedInterval, refuseAbsentUNet } from "./components/deep-cache.ts";
import { openingOf } from "./components/opening-of.ts";
import { heardGraphs } from "./components/heard-graphs.ts";
import { refuseLeftOut } from "./components/left-out.ts";
import type { LaunchedUpscaler } from "./diffusion-model.ts";
import { diffusionPipeline } from "./pipeline.ts";
import { launchOptions } from "./request/launch-options.ts";
import type { DiffusionOptions } from "./request/launch-options.ts";
import { launchedLimits } from "./request/launched-limits.ts";
import { pictureLimits } from "./request/limits.ts";
import { precisionsOf, refuseAbsentPrecision, toldPrecision } from "./request/precision.ts";
import { latentSize } from "./request/ready-pass.ts";
import { indivisible, sizeOf } from "./request/size.ts";
import type { SchedulerConfig } from "./schedulers/config.ts";
import { checkSchedule } from "./schedulers/check-schedule.ts";
import { asFolder } from "./single-file/as-folder.ts";
import { largestComponentBytes } from "./single-file/file-weights.ts";
import { openAsFolder } from "./single-file/open-as-folder.ts";
import { singleFileIn } from "./single-file/single-file.ts";
import { image } from "./task.ts";
import type { Size } from "./task.ts";
import { upscaleLimits } from "./upscaling/limits.ts";
import { openUpscaler, upscalerFiles } from "./upscaling/open-upscaler.ts";

/**
 * A kind of diffusion model as a table of facts. A folder's own files win over them. `match` is asked for folders whose
 * pipeline one of the architectures serves. A single file is seen as such a folder, with the `schedule` and the `size` of the
 * family in whose checkpoints' names it is.
 */
export type DiffusionFamily = FamilyFacts<Architecture, DiffusionDefaults>;

export type DiffusionCheckpoint = Checkpoint<DiffusionDefaults>;

/** Facts of a diffusion model that its folder, a launch and a request may leave out. */
export interface DiffusionDefaults {
  readonly steps: number;
  /** Scale of classifier-free guidance; 1 and less is none. */
  readonly guidance: number;
  /** The scheduler's settings of a single file, which holds none. Default: by what it predicts, as diffusers has it. */
  readonly schedule?: SchedulerConfig;
  /** Height and width of a single file's training, in pixels. Default: by its version and what it predicts. */
  readonly size?: number;
}

/** A family of the image task from its facts. */
export function asModelFamily(
  family: DiffusionFamily,
): ModelFamily<typeof image, DiffusionOptions, DiffusionCheckpoint> {
  const { name, checkpoints = [], architectures = allArchitectures } = family;
  const pipelines = architectures.flatMap((each) => each.pipelines);
  const architectureOf = (model: LaunchListing) => chooseArchitecture(architectures, model, name);
  return {
    name,
    task: image,
    checkpoints,
    options: launchOptions,

    match(listing) {
      const known = isNamedFile(listing, checkpoints) ? family.defaults : {};
      const model = asFolder(listing, known);
      return pipelines.includes(pipelineOf(model) ?? "") && family.match(model);
    },

    refuse(model) {
      const known = unserved(model);
      return known && `"${model.id}" ${known.what}. ${known.advice}`;
    },

    files(listing, options) {
      const model = asFolder(listing);
      const architecture = architectureOf(model);
      refuseLeftOut(model, options, architecture.optional);
      refuseAbsentPrecision(model, options);
      refuseAbsentUNet(model, options);
      const files = architecture.files(model, options);
      return [...new Set(files)].filter((file) => listing.files.includes(file));
    },

    leastBytes(listing) {
      const singleFile = singleFileIn(listing);
      return singleFile && largestComponentBytes(singleFile);
    },

    // Which component is the largest is not known here.
    leastShare: (options) => Math.min(...precisionsOf(options).map(leastShareOf)),

    async load(context) {
      const { device, options } = context;
      const defaults = { ...family.defaults, ...context.checkpoint?.defaults };
      const seen = await openAsFolder(context, defaults);
      const { model } = seen;
      const precisions = new Map<string, string | undefined>();
      const heard = heardGraphs(seen, ({ name, precision }) => precisions.set(name, precision));
      const components = await architectureOf(model).open(heard);
      const { autoencoder, native, multiple, maxSide } = components;
      const launched = {
        steps: options.steps ?? defaults.steps,
        guidance: options.guidance ?? defaults.guidance,
        deepcacheInterval: launchedInterval(options),
        ...(launchedSize(model.id, options.size, multiple) ?? native),
      };
      const facts = { id: model.id, native, defaults: launched, options, maxSide };
      checkSchedule(() => components.scheduler("default"), {
        steps: launched.steps,
        size: latentSize(components, launched),
      });
      return diffusionPipeline({
        ...components,
        id: model.id,
        device,
        defaults: launched,
        limits: launchedLimits(facts, context.get(pictureLimits)),
        promptTruncate: options.prompt_truncate,
        previewDecoder: await openPreviewDecoder(context, autoencoder.channels),
        upscaler: await launchedUpscaler(context),
        only: options.enlarge ? native : undefined,
        told: {
          about: options.about,
          examples: options.examples,
          precision: toldPrecision(options, precisions),
        },
      });
    },
  };
}

/** Whether a model is a single file that goes by a checkpoint's name. The file's own name is one beside the folder's. */
function isNamedFile(model: ModelListing, checkpoints: readonly Checkpoint[]): boolean {
  const file = singleFileIn(model)?.file.replace(/\.\w+$/, "");
  if (file === undefined) return false;
  const names = [file, ...model.names].map((each) => each.toLowerCase());
  return checkpoints.some(({ name, repo, aliases = [] }) =>
    [name, repo, ...aliases].some((each) => names.includes(each.toLowerCase())),
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

/** The upscaler that a launch names. LOAD_FAILED when it names none of an upscaler's files. */
async function launchedUpscaler(
  context: LoadContext<DiffusionOptions>,
): Promise<LaunchedUpscaler | undefined> {
  const { upscaler: source } = context.options;
  if (source === undefined) return undefined;
  const upscaler = await openingOf(`The upscaler (${source})`, async () =>
    openUpscaler(context, await context.attach(source, upscalerFiles)),
  );
  return { upscaler, limits: context.get(upscaleLimits) };
}
