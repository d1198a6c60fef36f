import { logger } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { asFolder, singleFileOf } from "./as-folder.ts";
import type { KnownOfFile } from "./as-folder.ts";
import { unknownTensors } from "./component-names.ts";
import { fileWeights } from "./file-weights.ts";
import { measuredPrediction, statedPrediction } from "./prediction.ts";
import type { Prediction } from "./schedules.ts";
import type { SingleFile } from "./single-file.ts";

/**
 * The model of a load as a folder in diffusers' layout: `asFolder`, with what only the weights tell. Logs what it found out, and tensors
 * that it does not know. LOAD_FAILED when the file is not sound.
 */
export async function openAsFolder(
  { model, options, get }: LoadContext<DiffusionOptions>,
  { schedule }: KnownOfFile,
): Promise<ModelFolder> {
  const singleFile = singleFileOf(asFolder(model));
  if (!singleFile) return model;
  const { file, version, header, names } = singleFile;
  const unknown = unknownTensors(header.tensors, names);
  if (unknown.length > 0) {
    get(logger).warn({ model: model.id, file, weights: unknown }, "weights left unused");
  }
  const prediction = schedule ? undefined : await predictionOf(model, singleFile, options);
  get(logger).info({ model: model.id, file, version, prediction }, "single-file checkpoint");
  return asFolder(model, { schedule, prediction });
}

async function predictionOf(
  model: ModelFolder,
  singleFile: SingleFile,
  { prediction_type: launched }: DiffusionOptions,
): Promise<Prediction> {
  const stated = launched ?? statedPrediction(singleFile.header);
  if (stated !== undefined) return stated;
  if (singleFile.version === 1) return "epsilon";
  return measuredPrediction(await fileWeights(model, singleFile, "unet"));
}
