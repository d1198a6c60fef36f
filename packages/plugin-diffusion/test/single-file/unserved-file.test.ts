import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { synthesize } from "@kindred/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion } from "../../src/index.ts";
import { sd15, sdxl } from "../model-families.ts";
import { code, dict, named, pickle, text, tuple } from "../../../core/test/onnx/pickle.ts";
import { entriesOf, zip } from "../../../core/test/onnx/torch-file.ts";
import { looseListing, models } from "./golden.ts";

type Shapes = Readonly<Record<string, readonly number[]>>;

const unet = "model.diffusion_model.";
const first = `${unet}input_blocks.0.0.weight`;
const { shapes } = models["sd15"]!;
const xl = models["xl"]!.shapes;

/** Stable Diffusion 1.5 with other tensors, or without those whose names begin so. */
function without(prefix: string, others: Shapes = {}, of: Shapes = shapes): Shapes {
  const kept = Object.entries(of).filter(([name]) => !name.startsWith(prefix));
  return { ...Object.fromEntries(kept), ...others };
}

const files: readonly (readonly [what: string, tensors: Shapes, said: RegExp])[] = [
  [
    "kohya's LoRA",
    { "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight": [4, 8] },
    /is a LoRA \(x\.safetensors\)\. .*load_lora_weights\("x\.safetensors"\); pipe\.fuse_lora/,
  ],
  ["LyCORIS", { "lycoris_unet_mid_block_attn.lokr_w1": [4, 8] }, /is a LoRA/],
  ["LoHa", { "lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w1_a": [4, 8] }, /is a LoRA/],
  [
    "diffusers' LoRA",
    { "unet.mid_block.attentions.0.proj_in.lora.up.weight": [4, 8] },
    /is a LoRA/,
  ],
  [
    "diffusers' first LoRA",
    { "mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.up.weight": [4, 8] },
    /is a LoRA/,
  ],
  ["PEFT's LoRA", { "base_model.model.q_proj.lora_A.weight": [4, 8] }, /is a LoRA/],
  ["a ControlNet", { "control_model.input_blocks.0.0.weight": [320, 4, 3, 3] }, /is a ControlNet/],
  [
    "a ControlNet without prefix",
    { "input_hint_block.0.weight": [16, 3, 3, 3], "input_blocks.1.0.in_layers.0.weight": [320] },
    /is a ControlNet/,
  ],
  [
    "diffusers' ControlNet",
    {
      "controlnet_cond_embedding.conv_in.weight": [16, 3, 3, 3],
      "down_blocks.0.resnets.0.norm1.weight": [320],
    },
    /is a ControlNet/,
  ],
  ["a T2I-Adapter", { "body.0.block1.weight": [320, 320, 3, 3] }, /is a control adapter/],
  [
    "an IP-Adapter",
    { "image_proj.norm.weight": [768], "ip_adapter.1.to_k_ip.weight": [320, 768] },
    /is a control adapter/,
  ],
  [
    "AnimateDiff",
    { "down_blocks.0.motion_modules.0.temporal_transformer.norm.weight": [320] },
    /is a motion module or a model of videos/,
  ],
  [
    "Stable Video Diffusion",
    {
      ...shapes,
      [first]: [320, 8, 3, 3],
      [`${unet}input_blocks.1.1.time_stack.0.ff.net.2.bias`]: [320],
    },
    /is a motion module or a model of videos/,
  ],
  [
    "a textual inversion of the web UI",
    { emb_params: [8, 768] },
    /is a textual inversion .*load_textual_inversion\("x\.safetensors"\)/,
  ],
  ["a textual inversion of diffusers", { "<cat-toy>": [768] }, /is a textual inversion/],
  [
    "a textual inversion of SDXL",
    { clip_g: [2, 1280], clip_l: [2, 768] },
    /is a textual inversion/,
  ],
  [
    "inpainting",
    { ...shapes, [first]: [320, 9, 3, 3] },
    /inpainting checkpoint, whose UNet takes 9 channels: a mask/,
  ],
  ["InstructPix2Pix", { ...shapes, [first]: [320, 8, 3, 3] }, /InstructPix2Pix .* 8 channels/],
  ["an upscaler", { ...shapes, [first]: [256, 7, 3, 3] }, /upscaling .* 7 channels/],
  ["depth to image", { ...shapes, [first]: [320, 5, 3, 3] }, /depth-to-image .* 5 channels/],
  [
    "SDXL's refiner",
    without("cond_stage_model.", {
      "conditioner.embedders.0.model.ln_final.weight": [1280],
      [`${unet}label_emb.0.0.weight`]: [1280, 2560],
    }),
    /Stable Diffusion XL's refiner/,
  ],
  [
    "unCLIP",
    { ...shapes, [`${unet}label_emb.0.0.weight`]: [1280, 2048] },
    /takes classes, such as unCLIP/,
  ],
  [
    "LCM",
    { ...shapes, [`${unet}time_embed.cond_proj.weight`]: [320, 256] },
    /Latent Consistency Model/,
  ],
  [
    "SD3",
    { [`${unet}joint_blocks.0.x_block.attn.qkv.weight`]: [4608, 1536] },
    /is a Stable Diffusion 3 checkpoint in one file \(x\.safetensors\)\. .*from_single_file\("x\.safetensors"\)\.save_pretrained/,
  ],
  ["FLUX", { "double_blocks.0.img_attn.qkv.weight": [9216, 3072] }, /is a FLUX checkpoint/],
  [
    "an autoencoder",
    { "decoder.mid.block_1.norm1.weight": [512], "encoder.conv_in.weight": [128, 3, 3, 3] },
    /is an autoencoder alone .*AutoencoderKL\.from_single_file\("x\.safetensors"\)/,
  ],
  [
    "diffusers' autoencoder",
    { "decoder.mid_block.resnets.0.norm1.weight": [512] },
    /is an autoencoder alone/,
  ],
  [
    "a UNet",
    { "input_blocks.1.0.in_layers.0.weight": [320], "out.2.weight": [4, 320, 3, 3] },
    /is a UNet alone/,
  ],
  [
    "diffusers' UNet",
    {
      "conv_in.weight": [320, 4, 3, 3],
      "down_blocks.0.resnets.0.norm1.weight": [320],
      "mid_block.resnets.0.norm1.weight": [320],
    },
    /is a UNet alone/,
  ],
  [
    "a text encoder",
    {
      "text_model.encoder.layers.0.mlp.fc1.weight": [3072, 768],
      "text_model.final_layer_norm.weight": [768],
      "text_model.embeddings.position_embedding.weight": [77, 768],
    },
    /is a text encoder alone/,
  ],
  [
    "T5",
    {
      "encoder.block.0.layer.0.SelfAttention.q.weight": [4096, 4096],
      "shared.weight": [32128, 4096],
      "encoder.final_layer_norm.weight": [4096],
    },
    /is a text encoder alone/,
  ],
  ["no autoencoder", without("first_stage_model."), /is a checkpoint without an autoencoder \(x/],
  ["no text encoder", without("cond_stage_model."), /is a checkpoint without a text encoder \(x/],
  [
    "XL without its first text encoder",
    without("conditioner.embedders.0.", {}, xl),
    /is a checkpoint without CLIP ViT-L, the text encoder under conditioner\.embedders\.0\.transformer\.\* \(x/,
  ],
  [
    "XL without its second text encoder",
    without("conditioner.embedders.1.", {}, xl),
    /is a checkpoint without OpenCLIP ViT-bigG, the text encoder under conditioner\.embedders\.1\.model\.\* \(x/,
  ],
  [
    "XL without both",
    without("conditioner.", {}, xl),
    /is a checkpoint without a text encoder \(x/,
  ],
  [
    "XL without an autoencoder",
    without("first_stage_model.", {}, xl),
    /is a checkpoint without an autoencoder \(x/,
  ],
  [
    "XL for inpainting",
    { ...xl, [first]: [320, 9, 3, 3] },
    /inpainting checkpoint, whose UNet takes 9 channels/,
  ],
  [
    "Playground 2.5",
    { ...xl, edm_mean: [1, 4, 1, 1], edm_std: [1, 4, 1, 1] },
    /EDM's noise, such as Playground 2\.5/,
  ],
  [
    "CosXL",
    { ...xl, "edm_vpred.sigma_max": [], "edm_vpred.sigma_min": [] },
    /EDM's noise, such as Playground 2\.5/,
  ],
  [
    "neither",
    without(
      "cond_stage_model.",
      Object.fromEntries(
        Object.keys(shapes)
          .filter((name) => name.startsWith("first_stage_model."))
          .map((name) => [`other.${name}`, [1]]),
      ),
    ),
    /without a text encoder/,
  ],
  [
    "another denoiser",
    { [`${unet}blocks.0.attn.weight`]: [8, 8] },
    /without a UNet of Stable Diffusion and without a text encoder and without an autoencoder/,
  ],
  [
    "names of nobody",
    {
      "layer.0.weight": [8, 8],
      "layer.1.weight": [8, 8],
      "layer.2.weight": [8],
      "layer.3.weight": [8],
    },
    /names are not known \(x\.safetensors: they begin with layer\.0\.weight, layer\.1\.weight, layer\.2\.weight\)/,
  ],
];

test.each(files)("a file that is %s says what it is", (_, tensors, said) => {
  const model = looseListing("x", { "x.safetensors": tensors });
  expect([sd15.match(model), sdxl.match(model)]).toEqual([false, false]);
  expect(sd15.refuse?.(model)).toMatch(said);
  expect(sd15.refuse?.(model)).toMatch(/^"x" /);
});

test("a complete checkpoint is not refused", () => {
  for (const [name, { shapes: each }] of Object.entries(models)) {
    const model = looseListing("x", { "x.safetensors": each });
    const [own, other] = name === "xl" ? [sdxl, sd15] : [sd15, sdxl];
    expect([own.match(model), other.match(model)]).toEqual(["able", false]);
    expect(own.refuse?.(model)).toBeUndefined();
  }
});

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-unserved-file-"));
});
afterAll(() => rm(root, { recursive: true }));

async function reason(source: string, family?: string): Promise<string> {
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source: join(root, source), ...(family && { family }) }],
  });
  const [info] = kernel.models();
  expect(info?.state).toBe("failed");
  return info!.reason!;
}

test.each([undefined, "sd15"])(
  "a file is refused in the same words where a launch names a family (%s)",
  async (family) => {
    const file = join(root, "lora.safetensors");
    const name = "lora_unet_mid_block_attentions_0_proj_in.lora_down.weight";
    await synthesize({
      file,
      build: () => undefined,
      extra: [{ name, shape: [4, 8], dtype: "F32" }],
    });
    expect(await reason("lora.safetensors", family)).toMatch(
      /^"model" is a LoRA \(lora\.safetensors\)/,
    );
  },
);

test.each(["v1-5-pruned.ckpt", "model.PT", "model.pth", "pytorch_model.bin"])(
  "the hostile %s is refused with what it asks for",
  async (name) => {
    const call = Buffer.concat([named("os", "system"), tuple(text("true")), code("R")]);
    const file = zip(entriesOf(pickle(dict({ state_dict: dict({ a: call }) }))));
    await writeFile(join(root, name), file);
    expect(await reason(name)).toMatch(
      /^"model" holds weights that cannot be read .* asks for os\.system, which is not a tensor's; the file is not read further\. Fetch the model's \.safetensors files\./,
    );
  },
);

test.each([
  ["a GGUF file", "GGUF\u0003\u0000\u0000\u0000rest", /is a GGUF file/],
  [
    "a pointer of Git LFS",
    "version https://git-lfs.github.com/spec/v1\n",
    /Git LFS pointer.*git lfs pull/,
  ],
  ["a web page", "<!doctype html><html></html>", /is a web page/],
  ["a file of PyTorch's under another name", "PK\u0003\u0004 and more", /ending \.bin/],
  ["an empty file", "", /has 0 bytes: it is not a safetensors file/],
  ["a file that is cut off", "\u0010\u0000\u0000\u0000\u0000\u0000\u0000\u0000{", /seems cut off/],
])("%s is refused as what it is, as a file and in a folder", async (what, content, said) => {
  const folder = join(root, what);
  await mkdir(folder);
  await writeFile(join(folder, "x.safetensors"), content);
  expect(await reason(`${what}/x.safetensors`)).toMatch(said);
  expect(await reason(what)).toMatch(said);
});

test("a folder of several checkpoints says to launch one of the files", () => {
  const model = looseListing("both", { "a.safetensors": shapes, "b.safetensors": shapes });
  expect(sd15.match(model)).toBe(false);
  expect(sd15.refuse?.(model)).toBe(
    '"both" holds 2 checkpoints, a.safetensors, b.safetensors. Launch one of the files instead of their folder.',
  );
});

test("a folder with a config of its own is not looked at as a file", () => {
  const model = looseListing("bert", { "model.safetensors": shapes }, ["config.json"]);
  expect(sd15.match(model)).toBe(false);
});

test("a LoRA, an autoencoder or notes beside a checkpoint do not hide it", () => {
  const lora = { "lora_unet_x.lora_down.weight": [4, 8] };
  const vae = { "decoder.mid.block_1.norm1.weight": [512] };
  const weights = { "a.safetensors": lora, "b.safetensors": shapes, "c.safetensors": vae };
  expect(sd15.match(looseListing("all", weights, ["notes.txt"]))).toBe("able");
});
