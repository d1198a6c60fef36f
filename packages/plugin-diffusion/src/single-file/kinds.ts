import type { Tensors } from "./renamed-tensors.ts";
import { textNames } from "./text-names.ts";
import { vaePrefixes } from "./vae-names.ts";

/** What a file holds that is no checkpoint of Stable Diffusion 1 or 2, and what to do about it. */
export interface Kind {
  /** Follows "is": "a LoRA: changes to a model, not a model". */
  readonly what: string;
  /** Sentences that follow; FILE stands for the file's name. */
  readonly advice: string;
  is(file: Contents): boolean;
}

/** What can be asked of a file's tensors. */
export interface Contents {
  readonly tensors: Tensors;
  has(pattern: RegExp): boolean;
  /** The channels that a UNet of the original layout takes. */
  readonly channels: number | undefined;
}

export function contentsOf(tensors: Tensors): Contents {
  const names = [...tensors.keys()];
  return {
    tensors,
    has: (pattern) => names.some((name) => pattern.test(name)),
    channels: tensors.get(`${unet}input_blocks.0.0.weight`)?.shape[1],
  };
}

const unet = "model.diffusion_model.";
const served =
  "Kindred draws with single files of Stable Diffusion 1 and 2 that hold UNet, text encoder and autoencoder.";

const merge = (load: string) =>
  `Put it into its model with diffusers, and launch the folder: ${load}; pipe.save_pretrained("folder").`;

function otherUnet(channels: number, what: string): Kind {
  return { what, advice: served, is: (file) => file.channels === channels };
}

/** A checkpoint of another architecture, by the name of one of its denoiser's tensors. */
function otherModel(name: string, tensor: RegExp): Kind {
  return { what: `a checkpoint of ${name}`, advice: served, is: ({ has }) => has(tensor) };
}

/** The first that fits is meant. */
export const kinds: readonly Kind[] = [
  {
    what: "a LoRA: changes to a model, not a model",
    advice: merge('pipe.load_lora_weights("FILE"); pipe.fuse_lora(); pipe.unload_lora_weights()'),
    is: ({ has }) =>
      has(
        /^lora_(unet|te\d?|transformer)_|\.lora_(A|B|up|down|embedding_A)\b|\.lora\.(up|down)\.|_lora\.(up|down)\.|\.(hada_w1_a|lokr_w1(_a)?|oft_blocks|oft_diag|dora_scale)$/,
      ),
  },
  {
    what: "a ControlNet, which guides a model and is none",
    advice: "Kindred draws from text alone. Launch the model without it.",
    is: ({ has }) =>
      has(
        /^(control_model\.|controlnet_|input_hint_block\.|(adapter\.)?body\.\d+\.(block|in_conv)|lllite_|control_)/,
      ),
  },
  {
    what: "an IP-Adapter, which guides a model and is none",
    advice: "Kindred draws from text alone. Launch the model without it.",
    is: ({ has }) => has(/^(image_proj|ip_adapter)\./),
  },
  {
    what: "a textual inversion: tokens for a text encoder, not a model",
    advice: merge('pipe.load_textual_inversion("FILE")'),
    is: ({ tensors }) => tensors.size <= 2 && [...tensors.values()].every(isEmbedding),
  },
  {
    what: "a motion module of AnimateDiff, not a model that draws pictures",
    advice: served,
    is: ({ has }) => has(/\bmotion_modules\./),
  },
  otherUnet(
    9,
    "an inpainting checkpoint: its UNet takes 9 channels, a mask and a masked picture among them",
  ),
  otherUnet(
    8,
    "a checkpoint that changes pictures (InstructPix2Pix): its UNet takes 8 channels, a picture among them",
  ),
  otherUnet(7, "an upscaling checkpoint: its UNet takes 7 channels, a small picture among them"),
  otherUnet(
    5,
    "a checkpoint that draws from depths: its UNet takes 5 channels, a map of depths among them",
  ),
  otherModel("Stable Diffusion XL", /^conditioner\.embedders\.1\./),
  {
    what: "a checkpoint of Stable Diffusion XL's refiner",
    advice: served,
    is: ({ has }) =>
      has(/^conditioner\.embedders\.0\.model\./) && has(/diffusion_model\.label_emb\./),
  },
  otherModel("Stable Diffusion 3", /^(model\.diffusion_model\.)?joint_blocks\./),
  otherModel("Flux", /^(model\.diffusion_model\.)?(double_blocks|single_stream_modulation)\./),
  {
    what: "an autoencoder alone",
    advice:
      'Draw with it by diffusers\' folder: StableDiffusionPipeline.from_pretrained(model, vae=AutoencoderKL.from_single_file("FILE")).save_pretrained("folder").',
    is: ({ has }) => has(/^(\w+\.)?decoder\.(mid|mid_block)\./) && !has(/diffusion_model\./),
  },
  {
    what: "a text encoder alone",
    advice: served,
    is: ({ has }) =>
      has(
        /^(text_model\.)?encoder\.layers?\.\d+\.|^transformer\.resblocks\.|^(encoder|decoder)\.block\./,
      ),
  },
  {
    what: "a UNet alone",
    advice: served,
    is: ({ has }) => has(/^(input_blocks\.0\.0|conv_in)\.weight$/) && !has(/^encoder\./),
  },
];

/** The parts that a checkpoint of the original layout lacks, by name. undefined for a file of another layout. */
export function missingParts({ tensors, has, channels }: Contents): readonly string[] | undefined {
  if (!has(/^model\.diffusion_model\./)) return undefined;
  return [
    channels === undefined ? "UNet of Stable Diffusion" : [],
    textNames(tensors) ? [] : "text encoder",
    vaePrefixes.some((each) => tensors.has(`${each}decoder.conv_in.weight`)) ? [] : "autoencoder",
  ].flat();
}

/** Vectors of the widths of CLIP's text encoders. */
function isEmbedding({ shape }: { readonly shape: readonly number[] }): boolean {
  return shape.length <= 2 && [768, 1024, 1280].includes(shape.at(-1) ?? 0);
}
