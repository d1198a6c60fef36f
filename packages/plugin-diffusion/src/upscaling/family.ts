import type { ModelFamily } from "@kindred/core";
import { imageUpscale } from "../upscale-task.ts";
import { upscaleLimits } from "./limits.ts";
import { openUpscaler, upscalerFiles } from "./open-upscaler.ts";
import { upscalePipeline } from "./pipeline.ts";
import { upscalerIn } from "./upscaler-file.ts";

/**
 * Networks that enlarge pictures: ESRGAN's (arXiv 1809.00219) and Real-ESRGAN's (arXiv 2107.10833) from their weights, and any from an
 * ONNX file.
 */
export const esrgan: ModelFamily<typeof imageUpscale> = {
  name: "esrgan",
  task: imageUpscale,

  match(model) {
    const found = upscalerIn(model);
    if (!found) return false;
    // The names of a graph's file say nothing.
    return found.kind === "weights" ? "own" : "able";
  },

  files: upscalerFiles,

  async load(context) {
    const upscaler = await openUpscaler(context, context.model);
    return upscalePipeline(upscaler, context.get(upscaleLimits));
  },
};
