import type { ModelListing } from "@kindred/core";
import type { SchedulerConfig } from "../schedulers/config.ts";
import { statedPrediction } from "./prediction.ts";
import { renamedTensors } from "./renamed-tensors.ts";
import type { Prediction } from "./schedules.ts";
import { singleFileIn } from "./single-file.ts";
import type { SingleFile } from "./single-file.ts";

/** Facts of a single file that its header does not say. */
export interface KnownOfFile {
  /** Its schedule. Default: that of the published checkpoint of its version and prediction. */
  readonly schedule?: SchedulerConfig | undefined;
  /** Height and width of its training, in pixels. Default: likewise. */
  readonly size?: number | undefined;
  /** Default: what its header says; else what its version predicts. */
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
      (file) =>
        file === singleFile.file || beside.includes(file) || /^tokenizer(_\d)?\//.test(file),
    ),
    json: (file) => model.json(file) ?? inferred[file]?.(),
  };
  return seen;
}

/** The single file that a model is seen as a folder of. undefined for a folder as published. */
export function singleFileOf(model: ModelListing): SingleFile | undefined {
  return "singleFile" in model ? (model as FileAsFolder).singleFile : undefined;
}

function configs(
  { header, names, version }: SingleFile,
  { schedule, size, prediction = statedPrediction(header) }: KnownOfFile,
): Readonly<Record<string, () => unknown>> {
  return version.configs({
    tensors: (component) => renamedTensors(header.tensors, names[component]),
    schedule,
    size,
    prediction: prediction ?? version.prediction,
    zeroTerminal: header.tensors.has("ztsnr"),
  });
}
