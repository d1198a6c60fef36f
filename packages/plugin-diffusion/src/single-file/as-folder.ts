import type { ModelListing } from "@kindred/core";
import type { SchedulerConfig } from "../schedulers/config.ts";
import { textJson, unetJson, vaeJson } from "./component-configs.ts";
import type { ModelFacts } from "./component-configs.ts";
import { statedPrediction } from "./prediction.ts";
import { renamedTensors } from "./renamed-tensors.ts";
import { scheduleOf, tokenizerJson } from "./schedules.ts";
import type { Prediction } from "./schedules.ts";
import { singleFileIn } from "./single-file.ts";
import type { SingleFile } from "./single-file.ts";

/** Facts of a single file that its header does not say. */
export interface KnownOfFile {
  /** Its schedule. Default: that of stable-diffusion-v1-5, -2-1 or -2-1-base, by version and prediction. */
  readonly schedule?: SchedulerConfig | undefined;
  /** Default: what its header says; else epsilon for version 1, velocity for version 2, as diffusers has it. */
  readonly prediction?: Prediction | undefined;
}

/** A single file as a folder in diffusers' layout. */
export interface FileAsFolder extends ModelListing {
  readonly singleFile: SingleFile;
}

/**
 * A model of one file as a folder in diffusers' layout, whose configs are inferred as diffusers' `from_single_file`
 * does. Configs and a tokenizer that lie beside the file win over them. Another model is given back as it is.
 */
export function asFolder<Listing extends ModelListing>(
  model: Listing,
  known: KnownOfFile = {},
): Listing {
  const singleFile = singleFileIn(model);
  if (!singleFile) return model;
  const inferred = configs(singleFile, known);
  const beside = Object.keys(inferred);
  const seen: Listing & FileAsFolder = {
    ...model,
    singleFile,
    files: model.files.filter(
      (file) => file === singleFile.file || beside.includes(file) || file.startsWith("tokenizer/"),
    ),
    json: (file) => model.json(file) ?? inferred[file]?.(),
  };
  return seen;
}

/** The single file that a model is seen as a folder of. undefined for a folder as published. */
export function singleFileOf(model: ModelListing): SingleFile | undefined {
  return "singleFile" in model ? (model as FileAsFolder).singleFile : undefined;
}

const facts: Readonly<Record<1 | 2, ModelFacts>> = {
  1: { heads: () => 8, activation: "quick_gelu" },
  2: { heads: (channels) => channels / 64, activation: "gelu" },
};

function configs(
  { header, names, version }: SingleFile,
  { schedule, prediction = statedPrediction(header) }: KnownOfFile,
): Readonly<Record<string, () => unknown>> {
  const predicted = prediction ?? (version === 1 ? "epsilon" : "v_prediction");
  const zeroTerminal = header.tensors.has("ztsnr");
  const tensors = (component: keyof typeof names) =>
    renamedTensors(header.tensors, names[component]);
  // Training at 768×768 was the training towards velocity.
  const size = version === 2 && !schedule && predicted === "v_prediction" ? 96 : 64;
  return {
    "model_index.json": () => ({ _class_name: "StableDiffusionPipeline" }),
    "scheduler/scheduler_config.json": () =>
      schedule ?? scheduleOf(predicted, { zeroTerminal, version }),
    "text_encoder/config.json": () => textJson(tensors("text_encoder"), facts[version]),
    "tokenizer/tokenizer_config.json": () => tokenizerJson(version),
    "unet/config.json": () => unetJson(tensors("unet"), facts[version], size),
    "vae/config.json": () => vaeJson(tensors("vae")),
  };
}
