import { logger } from "@kindred/core";
import type { LoadContext, ModelFolder } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";
import { asFolder } from "./as-folder.ts";
import type { KnownOfFile } from "./as-folder.ts";
import { unknownTensors } from "./component-names.ts";
import { fileWeights } from "./file-weights.ts";
import { statedPrediction } from "./prediction.ts";
import type { Prediction } from "./schedules.ts";
import { singleFileIn } from "./single-file.ts";
import type { SingleFile } from "./single-file.ts";

/** Weights that one line of the log names: a header may have tens of thousands. */
const maxNamed = 20;

/**
 * The load of a single file as that of a folder in diffusers' layout: `asFolder`, with what only the weights tell. Logs
 * what it found out, and tensors that it does not know. LOAD_FAILED when the file is not sound. Another load is given
 * back as it is.
 */
export async function openAsFolder(
  context: LoadContext<DiffusionOptions>,
  { schedule, size }: KnownOfFile,
): Promise<LoadContext<DiffusionOptions>> {
  const { model, options, checkpoint } = context;
  const { attach, device, get, graph, onEvent, shortage, signal, use } = context;
  const singleFile = singleFileIn(model);
  if (!singleFile) return context;
  const { file, version, header, names } = singleFile;
  const unknown = unknownTensors(header.tensors, names);
  if (unknown.length > 0) {
    const facts = { model: model.id, file, count: unknown.length };
    const weights = unknown.slice(0, maxNamed);
    get(logger).warn({ ...facts, weights }, "weights left unused");
  }
  const prediction = schedule ? undefined : await predictionOf(model, singleFile, options);
  get(logger).info(
    { model: model.id, file, version: version.name, prediction },
    "single-file checkpoint",
  );
  const folder = asFolder(model, { schedule, size, prediction });
  const own = { attach, device, get, graph, onEvent, shortage, signal, use };
  return { ...own, model: folder, options, ...(checkpoint && { checkpoint }) };
}

async function predictionOf(
  model: ModelFolder,
  singleFile: SingleFile,
  { prediction_type: launched }: DiffusionOptions,
): Promise<Prediction> {
  const stated = launched ?? statedPrediction(singleFile.header);
  if (stated !== undefined) return stated;
  const { version } = singleFile;
  if (!version.measure) return version.prediction;
  return version.measure(await fileWeights(model, singleFile, "unet"));
}
