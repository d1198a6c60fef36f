import type { Weights } from "@kindred/core/onnx";
import type { SchedulerConfig } from "../schedulers/config.ts";
import type { ComponentNames } from "./component-names.ts";
import type { Tensors } from "./renamed-tensors.ts";
import type { Prediction } from "./schedules.ts";

/** Facts of a file, from which a version of Stable Diffusion makes the configs of a folder. */
export interface FileFacts {
  /** A component's tensors by diffusers' names. */
  tensors(component: keyof ComponentNames): Tensors;
  /** The family's schedule. undefined: the version's own, by the prediction. */
  readonly schedule: SchedulerConfig | undefined;
  /** Height and width of the family's training, in pixels. undefined: the version's own, by the prediction. */
  readonly size: number | undefined;
  readonly prediction: Prediction;
  /** Whether it was trained down to noise alone (arXiv 2305.08891). */
  readonly zeroTerminal: boolean;
}

/** A version of Stable Diffusion that is published in files of the original layout. */
export interface FileVersion {
  readonly name: number | string;
  /** What files predict that do not say it, as diffusers has it. */
  readonly prediction: Prediction;
  /** Finds the prediction by the UNet's weights. Default: `prediction`. */
  measure?(unet: Weights): Promise<Prediction>;
  /** The JSON files of diffusers' layout, as `from_single_file` infers them. */
  configs(file: FileFacts): Readonly<Record<string, () => unknown>>;
}
