import type { ModelListing } from "@kindred/core";

interface Expected {
  readonly file: string;
  /** The field of the file that names the component's class. */
  readonly field: string;
  readonly classes: readonly string[];
  readonly what: string;
}

const components: readonly Expected[] = [
  {
    file: "text_encoder/config.json",
    field: "model_type",
    classes: ["clip_text_model", "clip"],
    what: "text encoder",
  },
  {
    file: "text_encoder_2/config.json",
    field: "model_type",
    classes: ["clip_text_model", "clip"],
    what: "second text encoder",
  },
  {
    file: "text_encoder_3/config.json",
    field: "model_type",
    classes: ["t5"],
    what: "third text encoder",
  },
  {
    file: "transformer/config.json",
    field: "_class_name",
    classes: ["SD3Transformer2DModel"],
    what: "transformer",
  },
  {
    file: "unet/config.json",
    field: "_class_name",
    classes: ["UNet2DConditionModel"],
    what: "UNet",
  },
  {
    file: "vae/config.json",
    field: "_class_name",
    classes: ["AutoencoderKL"],
    what: "autoencoder",
  },
];

/** Names a component of another class than Stable Diffusion's, as a clause. undefined when there is none. */
export function foreignComponent(model: ModelListing): string | undefined {
  for (const { file, field, classes, what } of components) {
    const found: unknown = model.json(file)?.[field];
    if (found === undefined || found === null || classes.includes(String(found))) continue;
    return `its ${what} is a ${String(found)} instead of a ${classes[0]}`;
  }
  return undefined;
}
