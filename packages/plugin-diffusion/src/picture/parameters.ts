import { sizeText } from "../request/size.ts";
import type { Picture, Pictures } from "../task.ts";

/** The settings of a picture as text, in the form that AUTOMATIC1111's web UI writes and reads. */
export function parametersText({ seed }: Picture, { settings, model }: Pictures): string {
  const { prompt, negativePrompt, clipSkip, guidanceRescale } = settings;
  const facts = [
    `Steps: ${settings.steps}`,
    `Sampler: ${settings.sampler}`,
    `CFG scale: ${settings.guidance}`,
    `Seed: ${seed}`,
    `Size: ${sizeText(settings)}`,
    `Model: ${model}`,
    // AUTOMATIC1111 counts the last layer as 1.
    ...(clipSkip > 0 ? [`Clip skip: ${clipSkip + 1}`] : []),
    ...(guidanceRescale > 0 ? [`CFG Rescale phi: ${guidanceRescale}`] : []),
    "Version: Kindred",
  ];
  const negative = negativePrompt ? [`Negative prompt: ${negativePrompt}`] : [];
  return [prompt, ...negative, facts.join(", ")].join("\n");
}
