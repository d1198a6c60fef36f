import { sizeText } from "../request/size.ts";
import type { Crop, Picture, Pictures, Settings, Size } from "../task.ts";
import type { Upscaled } from "../upscale-task.ts";

/** The settings of a picture as text, in the form that AUTOMATIC1111's web UI writes and reads. */
export function parametersText({ seed }: Picture, { settings, model, enlarged }: Pictures): string {
  const { prompt, negativePrompt, clipSkip, guidanceRescale } = settings;
  const facts = [
    `Steps: ${settings.steps}`,
    `Sampler: ${settings.sampler}`,
    `CFG scale: ${settings.guidance}`,
    `Seed: ${seed}`,
    `Size: ${sizeText(settings.hires ?? settings)}`,
    `Model: ${model}`,
    // AUTOMATIC1111 counts the last layer as 1.
    ...(clipSkip > 0 ? [`Clip skip: ${clipSkip + 1}`] : []),
    ...(guidanceRescale > 0 ? [`CFG Rescale phi: ${guidanceRescale}`] : []),
    ...originFacts(settings),
    ...controlFacts(settings),
    ...hiresFacts(settings),
    ...optionalFacts(settings),
    ...upscaleFacts(enlarged),
    version,
  ];
  const negative = negativePrompt ? [`Negative prompt: ${negativePrompt}`] : [];
  return [prompt, ...negative, facts.join(", ")].join("\n");
}

/** The same of a picture that was enlarged and not drawn. */
export function upscaleParameters(upscaled: Upscaled): string {
  return [...upscaleFacts(upscaled), version].join(", ");
}

const version = "Version: Kindred";

/** How a finished picture was enlarged, by AUTOMATIC1111's names. */
function upscaleFacts(
  enlarged: Pick<Upscaled, "scale" | "upscaler"> | undefined,
): readonly string[] {
  if (!enlarged) return [];
  const { scale, upscaler } = enlarged;
  return [`Postprocess upscale by: ${scale}`, `Postprocess upscaler: ${quoted(upscaler)}`];
}

/** A text, in quotes where it has what divides facts. */
function quoted(text: string): string {
  return /[,:"]/.test(text) ? JSON.stringify(text) : text;
}

/** What a picture was drawn over, by AUTOMATIC1111's names. */
function originFacts({ strength, maskBlur, paddingMaskCrop }: Settings): readonly string[] {
  return [
    ...(strength === undefined ? [] : [`Denoising strength: ${strength}`]),
    ...(maskBlur ? [`Mask blur: ${maskBlur}`] : []),
    ...(paddingMaskCrop === undefined ? [] : [`Masked area padding: ${paddingMaskCrop}`]),
  ];
}

/** The ControlNets, in the words of AUTOMATIC1111's extension for them. */
function controlFacts({ controls = [], guessMode }: Settings): readonly string[] {
  const mode = guessMode ? ["Guess Mode: True"] : [];
  return controls.map(({ name, scale, start, end }, i) => {
    const facts = [`Model: ${name}`, `Weight: ${scale}`, `Guidance Start: ${start}`];
    const text = [...facts, `Guidance End: ${end}`, ...mode].join(", ");
    return `ControlNet ${i}: ${JSON.stringify(text)}`;
  });
}

/** A second pass, by AUTOMATIC1111's names. There it is only of pictures from text, so its strength has the name of theirs. */
function hiresFacts({ hires, strength }: Settings): readonly string[] {
  if (!hires) return [];
  const name = strength === undefined ? "Denoising strength" : "Hires denoising strength";
  return [`${name}: ${hires.strength}`, `Hires upscale: ${hires.scale}`, "Hires upscaler: Lanczos"];
}

/** The fields that only some models honour. AUTOMATIC1111 has no names for them, and quotes what may have a comma. */
function optionalFacts(settings: Settings): readonly string[] {
  const text = (name: string, value: string | undefined) =>
    value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`];
  const size = (name: string, value: Size | undefined) =>
    value === undefined ? [] : [`${name}: ${sizeText(value)}`];
  const corner = (name: string, value: Crop | undefined) =>
    value === undefined ? [] : [`${name}: ${value.top}-${value.left}`];
  const { maxSequenceLength, deepcacheInterval = 1 } = settings;
  return [
    ...text("Prompt 2", settings.prompt2),
    ...text("Prompt 3", settings.prompt3),
    ...text("Negative prompt 2", settings.negativePrompt2),
    ...text("Negative prompt 3", settings.negativePrompt3),
    ...size("Original size", settings.originalSize),
    ...corner("Crop top-left", settings.crop),
    ...size("Target size", settings.targetSize),
    ...size("Negative original size", settings.negativeOriginalSize),
    ...corner("Negative crop top-left", settings.negativeCrop),
    ...size("Negative target size", settings.negativeTargetSize),
    ...(maxSequenceLength === undefined ? [] : [`Max sequence length: ${maxSequenceLength}`]),
    ...(deepcacheInterval > 1 ? [`DeepCache interval: ${deepcacheInterval}`] : []),
  ];
}
