import type { Tensors } from "./renamed-tensors.ts";

/** A kind of file that is no checkpoint of Stable Diffusion 1, 2 or XL, and what to do about it. */
export interface Kind {
  /** Follows "is": "a LoRA". */
  readonly what: string;
  /** Sentences. FILE stands for the file's name. */
  readonly advice: string;
  is(file: Contents): boolean;
}

/** A file's tensors, and questions about them. */
export interface Contents {
  readonly tensors: Tensors;
  /** Whether a tensor has such a name. */
  has(pattern: RegExp): boolean;
  /** The channels that a UNet of the original layout takes. undefined when there is none. */
  readonly channels: number | undefined;
}

export function contentsOf(tensors: Tensors): Contents {
  const names = [...tensors.keys()];
  return {
    tensors,
    has: (pattern) => names.some((name) => pattern.test(name)),
    channels: tensors.get("model.diffusion_model.input_blocks.0.0.weight")?.shape[1],
  };
}

const served =
  "Kindred draws with single files of Stable Diffusion 1, 2 and XL that hold UNet, text encoders and autoencoder. Launch one of those.";
const whole = "Launch the whole checkpoint, or the folder of the whole pipeline.";
const alone = "It goes with a base model, which Kindred does not serve with it. Launch that alone.";

const otherUpscaler =
  "Kindred enlarges by the weights of ESRGAN's network, RRDBNet, and by ONNX files of any. Launch one of those, such as RealESRGAN_x4plus.safetensors.";

/** The kinds that are known. The first that fits counts. */
export const kinds: readonly Kind[] = [
  {
    what: "a LoRA",
    advice:
      'It goes with a base model. Fuse it with diffusers, and launch that folder: pipe.load_lora_weights("FILE"); pipe.fuse_lora(); pipe.unload_lora_weights(); pipe.save_pretrained(folder).',
    is: ({ has }) =>
      has(
        /^lora_(unet|te\d?|transformer|prior)_|\.lora_(A|B|up|down)\.|[._]lora\.(up|down)\.|\.(hada_w1_a|lokr_w1|lokr_w1_a|oft_blocks|oft_diag|dora_scale)$/,
      ),
  },
  {
    what: "a ControlNet",
    advice:
      'It goes with a base model. Launch that with options: { controlnet: { canny: "FILE" } }, the path of this one.',
    is: ({ has }) => has(/^(control_model|controlnet_\w+|input_hint_block)\./),
  },
  {
    what: "a ControlNet-LLLite",
    advice: alone,
    is: ({ has }) => has(/^lllite_\w+\./),
  },
  {
    what: "a control adapter",
    advice: alone,
    is: ({ has }) =>
      has(/^(adapter\.)?body\.\d+\.(block1|in_conv|resnets)\b|^(image_proj|ip_adapter)\./),
  },
  {
    what: "an upscaler of the compact network SRVGGNet",
    advice: otherUpscaler,
    is: ({ has }) => has(/^(params(_ema)?\.)?body\.0\.weight$/),
  },
  {
    what: "an upscaler of transformer blocks, such as SwinIR, HAT or DAT",
    advice: otherUpscaler,
    is: ({ has }) =>
      has(/^(params(_ema)?\.)?conv_first\.weight$/) && has(/^(params(_ema)?\.)?layers\.0\./),
  },
  {
    what: "a motion module or a model of videos",
    advice: "Kindred draws pictures. Launch the checkpoint that draws them.",
    is: ({ has }) => has(/\b(motion_modules|temporal_transformer|time_stack|time_mixer)\b/),
  },
  {
    what: "a textual inversion",
    advice:
      'It goes with a base model. Add it with diffusers, and launch that folder: pipe.load_textual_inversion("FILE"); pipe.save_pretrained(folder).',
    is: ({ tensors }) =>
      tensors.size > 0 && tensors.size <= 2 && [...tensors.values()].every(isEmbedding),
  },
  otherUnet(9, "an inpainting checkpoint", "a mask and a masked picture"),
  otherUnet(8, "an InstructPix2Pix checkpoint", "a picture"),
  otherUnet(7, "an upscaling checkpoint", "a small picture"),
  otherUnet(5, "a depth-to-image checkpoint", "a map of depths"),
  {
    what: "a checkpoint of Stable Diffusion XL's refiner",
    advice: served,
    is: ({ has }) =>
      has(/^conditioner\.embedders\.0\.model\./) && has(/\bdiffusion_model\.label_emb\./),
  },
  {
    what: "a checkpoint whose UNet takes classes, such as unCLIP",
    advice: served,
    is: ({ has }) => has(/\bdiffusion_model\.label_emb\./) && has(/^cond_stage_model\./),
  },
  otherModel(
    "a Latent Consistency Model in one file",
    /\bdiffusion_model\.time_embed\.cond_proj\./,
  ),
  otherModel(
    "a checkpoint of EDM's noise, such as Playground 2.5 and CosXL",
    /^edm_(mean$|std$|vpred\.)/,
  ),
  {
    what: "a Stable Diffusion 3 checkpoint in one file",
    advice:
      'Kindred draws with its folders. Launch the one that it was published in, or that of StableDiffusion3Pipeline.from_single_file("FILE").save_pretrained(folder).',
    is: ({ has }) => has(/^(model\.diffusion_model\.)?joint_blocks\./),
  },
  otherModel("a FLUX checkpoint", /^(model\.diffusion_model\.)?double_blocks\./),
  {
    what: "an autoencoder alone",
    advice:
      'Draw with it by a folder of diffusers\': StableDiffusionPipeline.from_pretrained(model, vae=AutoencoderKL.from_single_file("FILE")).save_pretrained(folder).',
    is: ({ has }) => has(/^(\w+\.)?decoder\.(mid|mid_block)\./) && !has(/\bdiffusion_model\./),
  },
  {
    what: "a UNet alone",
    advice: whole,
    is: ({ has }) => has(/^(input_blocks\.1\.0|down_blocks\.0\.resnets)\./),
  },
  {
    what: "a text encoder alone",
    advice: whole,
    is: ({ has }) =>
      has(/^text_model\.encoder\.layers\.|^transformer\.resblocks\.|^encoder\.block\.\d/),
  },
];

/** A checkpoint whose UNet takes other channels beside the four of a latent. */
function otherUnet(channels: number, what: string, others: string): Kind {
  return {
    what: `${what}, whose UNet takes ${channels} channels: ${others} beside the latent`,
    advice: served,
    is: (file) => file.channels === channels,
  };
}

/** A checkpoint of another architecture, by the name of one of its tensors. */
function otherModel(what: string, tensor: RegExp): Kind {
  return { what, advice: served, is: ({ has }) => has(tensor) };
}

/** Vectors of the widths of CLIP's text encoders. */
function isEmbedding({ shape }: { readonly shape: readonly number[] }): boolean {
  return shape.length <= 2 && [768, 1024, 1280].includes(shape.at(-1) ?? 0);
}
