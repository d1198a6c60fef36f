import type { ModelListing } from "@kindred/core";
import type { Unserved } from "./unserved.ts";

const indexFile = "model_index.json";
const serveable = "Launch a folder of Stable Diffusion 1 or 2";

/** Kinds of pipelines by their classes' names; the first that matches counts. */
const kinds: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [
    /^Flax/,
    "Its weights are Flax's. Save it with PyTorch's diffusers, by save_pretrained(folder).",
  ],
  [
    /^OV/,
    "It is an export to OpenVINO. Export it with optimum-cli export onnx, or launch the original.",
  ],
  [
    /ControlNet/,
    "It draws after a control picture. Launch its base model, with its ControlNet's folder as the option controlnet.",
  ],
  [
    /StableDiffusionXL(?!(Img2Img|Inpaint)?Pipeline)/,
    "It draws by a method of its own. Launch a folder of StableDiffusionXLPipeline.",
  ],
  [
    /StableDiffusion3(?!(Img2Img|Inpaint)?Pipeline)/,
    "It draws by a method of its own. Launch a folder of StableDiffusion3Pipeline.",
  ],
  [/^Flux/, notYet("FLUX")],
  [/^PixArt/, notYet("PixArt")],
  [/^Kandinsky/, notYet("Kandinsky")],
  [/^(StableCascade|Wuerstchen)/, notYet("Stable Cascade")],
  [/^(AltDiffusion|VersatileDiffusion)/, `Its text encoder is not CLIP's. ${serveable}.`],
  [/Upscale|Depth2Img|InstructPix2Pix|ImageVariation/, `It draws after a picture. ${serveable}.`],
  [
    /^StableDiffusion/,
    "It draws by a method of its own. If its components are Stable Diffusion's, load and save them by StableDiffusionPipeline.from_pretrained(folder).save_pretrained(other), and launch that folder.",
  ],
];

/** Says of a folder with `model_index.json` which pipeline it holds. undefined for a folder without that file. */
export function unservedPipeline(model: ModelListing): Unserved | undefined {
  if (!model.files.includes(indexFile)) return undefined;
  const name: unknown = model.json(indexFile)?._class_name;
  if (name === undefined || name === null)
    return {
      what: `does not say its pipeline in ${indexFile}`,
      advice: "Fetch the whole repository, or write the folder anew by save_pretrained(folder).",
    };
  if (typeof name !== "string")
    return {
      what: `is a pipeline with code of its own, ${JSON.stringify(name)}`,
      advice: `Kindred runs no code of a model. ${serveable}.`,
    };
  const [, advice] = kinds.find(([pattern]) => pattern.test(name)) ?? [];
  return { what: `is a ${name}`, advice: advice ?? notYet("This kind of pipeline") };
}

function notYet(kind: string): string {
  return `${kind} is not served yet. ${serveable}, or add the plugin that serves it.`;
}
