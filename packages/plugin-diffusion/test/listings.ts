import type { LaunchListing } from "@kindred/core";

/** A listing of these files. Configs that it does not give are empty. */
export function listing(
  name: string,
  files: readonly string[],
  configs: Readonly<Record<string, unknown>>,
): LaunchListing {
  return {
    id: name,
    names: [name],
    files: files.toSorted(),
    json: (file) => (files.includes(file) ? (configs[file] ?? {}) : undefined),
  };
}

const tokenizer = ["merges.txt", "special_tokens_map.json", "tokenizer_config.json", "vocab.json"];

/** The files of one folder. */
function within(folder: string, names: readonly string[]): readonly string[] {
  return names.map((name) => `${folder}/${name}`);
}

function weights(stem: string): readonly string[] {
  return [`${stem}.safetensors`, `${stem}.fp16.safetensors`];
}

function pickles(stem: string): readonly string[] {
  return [`${stem}.bin`, `${stem}.fp16.bin`];
}

const diffusers = "diffusion_pytorch_model";

/** The files of stable-diffusion-v1-5/stable-diffusion-v1-5 on Hugging Face. */
export const stableDiffusion15: LaunchListing = listing(
  "sd",
  [
    "README.md",
    "model_index.json",
    "v1-5-pruned-emaonly.ckpt",
    "v1-5-pruned-emaonly.safetensors",
    "v1-5-pruned.ckpt",
    "v1-5-pruned.safetensors",
    "v1-inference.yaml",
    "feature_extractor/preprocessor_config.json",
    "safety_checker/config.json",
    ...within("safety_checker", [...weights("model"), ...pickles("pytorch_model")]),
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    ...within("text_encoder", [...weights("model"), ...pickles("pytorch_model")]),
    ...within("tokenizer", tokenizer),
    "unet/config.json",
    ...within("unet", [...weights(diffusers), ...pickles(diffusers)]),
    `unet/${diffusers}.non_ema.bin`,
    `unet/${diffusers}.non_ema.safetensors`,
    "vae/config.json",
    ...within("vae", [...weights(diffusers), ...pickles(diffusers)]),
  ],
  { "model_index.json": { _class_name: "StableDiffusionPipeline" } },
);

/** The files of stabilityai/sd-turbo on Hugging Face. */
export const sdTurboListing: LaunchListing = listing(
  "turbo",
  [
    "LICENSE.md",
    "README.md",
    "model_index.json",
    "output_tile.jpg",
    "sd_turbo.safetensors",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    ...within("text_encoder", weights("model")),
    ...within("tokenizer", tokenizer),
    "unet/config.json",
    ...within("unet", weights(diffusers)),
    "vae/config.json",
    ...within("vae", weights(diffusers)),
  ],
  { "model_index.json": { _class_name: "StableDiffusionPipeline" } },
);

/** The files that `optimum-cli export onnx` writes. */
export const optimumExport: LaunchListing = listing(
  "export",
  [
    "model_index.json",
    "feature_extractor/preprocessor_config.json",
    "scheduler/scheduler_config.json",
    ...within("text_encoder", ["config.json", "model.onnx"]),
    ...within("tokenizer", tokenizer),
    ...within("unet", ["config.json", "model.onnx", "model.onnx_data"]),
    ...within("vae_decoder", ["config.json", "model.onnx"]),
    ...within("vae_encoder", ["config.json", "model.onnx"]),
  ],
  { "model_index.json": { _class_name: "ORTStableDiffusionPipeline" } },
);
