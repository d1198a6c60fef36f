import { sizeText } from "../request/size.ts";
import type { Picture, Pictures } from "../task.ts";

/** What a picture was made from, as AUTOMATIC1111's web UI writes and reads it. */
export function parametersText({ seed }: Picture, { settings, model }: Pictures): string {
  const { prompt, negativePrompt, clipSkip, guidanceRescale } = settings;
  const facts = [
    `Steps: ${settings.steps}`,
    `Sampler: ${settings.sampler}`,
    `CFG scale: ${settings.guidance}`,
    `Seed: ${seed}`,
    `Size: ${sizeText(settings)}`,
    `Model: ${model}`,
    // There the last layer is 1.
    ...(clipSkip > 0 ? [`Clip skip: ${clipSkip + 1}`] : []),
    ...(guidanceRescale > 0 ? [`CFG Rescale phi: ${guidanceRescale}`] : []),
    "Version: Kindred",
  ];
  const negative = negativePrompt ? [`Negative prompt: ${negativePrompt}`] : [];
  return [prompt, ...negative, facts.join(", ")].join("\n");
}
