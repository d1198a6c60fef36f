import type { Device } from "@kindred/core";
import type { Autoencoder, LatentDecoder } from "./autoencoder.ts";
import type { ControlNet } from "./control/control-net.ts";
import type { Denoiser } from "./denoiser.ts";
import type { PromptEncoder } from "./prompt/prompt-encoder.ts";
import type { DiffusionOptions } from "./request/launch-options.ts";
import type { PictureLimits } from "./request/limits.ts";
import type { toldPrecision } from "./request/precision.ts";
import type { OptionalField } from "./request/optional-fields.ts";
import type { Defaults } from "./request/settings.ts";
import type { Scheduler } from "./schedulers/scheduler.ts";
import type { Size } from "./task.ts";
import type { UpscaleLimits } from "./upscaling/limits.ts";
import type { Upscaler } from "./upscaling/upscaler.ts";

/** The parts of a latent diffusion model, as its architecture opens them. */
export interface DiffusionComponents {
  readonly prompts: PromptEncoder;
  readonly denoiser: Denoiser;
  readonly autoencoder: Autoencoder;
  /** Those of the launch. The denoiser takes their residuals. Default: none. */
  readonly controlNets?: readonly ControlNet[] | undefined;
  /** The names that `scheduler` takes, for clients to choose from. */
  readonly samplers: readonly string[];
  /**
   * The sampler of that name over the checkpoint's own configuration; "default" is the checkpoint's class. INVALID_INPUT on
   * `sampler` for an unknown name, UNSUPPORTED for one that cannot step this checkpoint.
   */
  scheduler(sampler: string): Scheduler;
  /** The optional fields of a request that it honours. It refuses the others. */
  readonly fields: readonly OptionalField[];
  /** Divisor of a picture's sides, in pixels. */
  readonly multiple: number;
  /** The longest side that it can draw, in pixels. Default: any. */
  readonly maxSide?: number | undefined;
  /** The size that it was trained at. */
  readonly native: Size;
}

/** A model that the pipeline draws with. */
export interface DiffusionModel extends DiffusionComponents {
  readonly id: string;
  /** Holds its graphs. A picture that does not fit into `device.bytes` is refused. */
  readonly device: Device;
  /** Values of fields that a request omits. */
  readonly defaults: Defaults;
  /** A request beyond them is refused. */
  readonly limits: PictureLimits;
  /** Whether long prompts are cut when a request does not say. Default false. */
  readonly promptTruncate?: boolean | undefined;
  /** Draws about as many pixels as this has, and resizes to the size asked for. Default: draws what is asked. */
  readonly only?: Size | undefined;
  /** Decodes previews. Default: the autoencoder does, or for large pictures a projection that is fitted to it. */
  readonly previewDecoder?: LatentDecoder | undefined;
  /** Enlarges finished pictures. Default: a request that asks for it is refused. */
  readonly upscaler?: LaunchedUpscaler | undefined;
  /** The launch's words about it, for people. */
  readonly told?: Told;
}

/** What a launch says of a model, for people, and the precision that it has come to. */
export interface Told extends Pick<DiffusionOptions, "about" | "examples"> {
  readonly precision: ReturnType<typeof toldPrecision>;
}

/** An upscaler, and the largest pictures that it may make. */
export interface LaunchedUpscaler {
  readonly upscaler: Upscaler;
  readonly limits: UpscaleLimits;
}
