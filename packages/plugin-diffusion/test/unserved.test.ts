import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createKernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion } from "../src/index.ts";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-unserved-"));
});
afterAll(() => rm(root, { recursive: true }));

type Files = Readonly<Record<string, object | string>>;

/** Why a folder with these files is not served, launched by its path or as a family's. */
async function reason(name: string, files: Files, family?: string): Promise<string> {
  const source = join(root, name);
  await mkdir(source, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(source, file)), { recursive: true });
    const text = typeof content === "string" ? content : JSON.stringify(content);
    await writeFile(join(source, file), text);
  }
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "model", source, ...(family && { family }) }],
  });
  const [info] = kernel.models();
  expect(info?.state).toBe("failed");
  return info!.reason!;
}

const index = (_class_name: unknown) => ({ "model_index.json": { _class_name } });
const config = (_class_name: string) => ({ "config.json": { _class_name } });

const folders: readonly (readonly [what: string, files: Files, said: RegExp])[] = [
  [
    "SDXL by another method",
    index("StableDiffusionXLPAGPipeline"),
    /is a StableDiffusionXLPAGPipeline\. .*It draws by a method of its own/,
  ],
  [
    "SD3 by another method",
    index("StableDiffusion3PAGPipeline"),
    /is a StableDiffusion3PAGPipeline\. .*It draws by a method of its own/,
  ],
  ["Flux", index("FluxPipeline"), /FLUX is not served yet/],
  ["PixArt", index("PixArtSigmaPipeline"), /PixArt is not served yet/],
  ["AltDiffusion", index("AltDiffusionPipeline"), /text encoder is not CLIP's/],
  ["Safe", index("StableDiffusionPipelineSafe"), /draws by a method of its own.*save_pretrained/],
  ["a ControlNet's pipeline", index("StableDiffusionControlNetPipeline"), /control picture/],
  ["an upscaler", index("StableDiffusionUpscalePipeline"), /draws after a picture/],
  ["Flax", index("FlaxStableDiffusionPipeline"), /Flax's\. Save it with PyTorch's/],
  ["OpenVINO", index("OVStableDiffusionPipeline"), /optimum-cli export onnx/],
  [
    "code of its own",
    index(["my_pipeline", "MyPipeline"]),
    /\["my_pipeline","MyPipeline"\]\. .*runs no code/,
  ],
  ["another pipeline", index("SomeNewPipeline"), /is a SomeNewPipeline\. .*not served yet/],
  ["no class", { "model_index.json": {} }, /does not say its pipeline/],
  [
    "a ControlNet",
    config("ControlNetModel"),
    /is a ControlNet .*goes with a base model\. Launch that with options: \{ controlnet/,
  ],
  ["a T2I adapter", config("T2IAdapter"), /is a control adapter .*T2IAdapter/],
  ["a UNet", config("UNet2DConditionModel"), /one component .*folder "unet" of a whole/],
  ["a VAE", config("AutoencoderKL"), /one component .*folder "vae" of a whole/],
  [
    "a tiny VAE",
    config("AutoencoderTiny"),
    /is a decoder of previews .*AutoencoderTiny.* with options: \{ vae_preview: "FOLDER" \}/,
  ],
  ["a transformer", config("SD3Transformer2DModel"), /SD3Transformer2DModel.*the whole pipeline/],
  [
    "a scheduler",
    { "scheduler_config.json": { _class_name: "DDIMScheduler" } },
    /DDIMScheduler.*the whole pipeline/,
  ],
  ["a LoRA of diffusers", { "pytorch_lora_weights.safetensors": "x" }, /is a LoRA .*fuse_lora/],
  [
    "a LoRA of PEFT",
    { "adapter_config.json": { peft_type: "LORA" }, "adapter_model.safetensors": "x" },
    /is a LoRA \(adapter_config\.json\).*base model/,
  ],
  [
    "a LoRA of a language model",
    { "adapter_config.json": { task_type: "FEATURE_EXTRACTION" } },
    /is a LoRA .*merge_and_unload/,
  ],
  [
    "a LoRA by its file's name",
    { "fox_lora_v2.safetensors": "x" },
    /is a LoRA \(fox_lora_v2\.safetensors\)/,
  ],
  [
    "a textual inversion",
    { "learned_embeds.bin": "x" },
    /textual inversion .*load_textual_inversion/,
  ],
  [
    "no model_index.json",
    { "unet/config.json": {}, "vae/config.json": {} },
    /has no model_index\.json beside its folders unet, vae\. .*whole repository/,
  ],
  [
    "weights without a config",
    { "diffusion_pytorch_model.fp16.safetensors": "x" },
    /one component .* without its config\.json\. .*the whole pipeline/,
  ],
  [
    "a checkpoint of PyTorch's that is cut off",
    { "v1-5-pruned.ckpt": "x" },
    /holds weights that cannot be read \(v1-5-pruned\.ckpt\)\. .* has 1 bytes, and is not a zip/,
  ],
  [
    "a single file that is cut off",
    { "dreamshaper_8.safetensors": "x", "README.md": "x" },
    /holds weights that cannot be read \(dreamshaper_8\.safetensors\)\. .* has 1 bytes/,
  ],
];

test.each(folders)("a folder of %s says what it is and what to do", async (what, files, said) => {
  const message = await reason(what, files);
  expect(message).toMatch(/^"model" /);
  expect(message).toMatch(said);
  expect(message).not.toMatch(/No family recognises|Name one/);
  const named = await reason(what, files, "sd15");
  expect(named).toMatch(said);
  expect(named).toContain('Family "sd15" serves stable-diffusion (StableDiffusionPipeline, ');
});

test.each<[string, Files]>([
  ["nothing", {}],
  ["notes", { "README.md": "x", "notes.txt": "x" }],
  ["a language model", { "config.json": { model_type: "llama" }, "model.safetensors": "x" }],
])(
  "a folder of %s is refused by its files, without advice to name a family",
  async (what, files) => {
    const message = await reason(what, files);
    expect(message).toMatch(
      /^No family recognises .*, which holds .* \(installed: sd15, sd-turbo, lcm, sdxl, sdxl-turbo, sd3, esrgan\)/,
    );
    for (const file of Object.keys(files)) expect(message).toContain(file);
    expect(message).not.toMatch(/Name one|#/);
  },
);

test("a pipeline's text encoder is told as one of its components", async () => {
  const config = { architectures: ["CLIPTextModel"], model_type: "clip_text_model", vocab_size: 9 };
  const message = await reason("encoder", { "config.json": config, "model.safetensors": "x" });
  expect(message).toContain("is one component of a pipeline (config.json names CLIPTextModel)");
});
