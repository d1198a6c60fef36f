import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { autoencoderKlConfig } from "../../src/graphs/autoencoder-kl-config.ts";
import { autoencoderDecoder, autoencoderEncoder } from "../../src/graphs/autoencoder-kl.ts";
import { clipTextConfig } from "../../src/graphs/clip-text-config.ts";
import { clipText } from "../../src/graphs/clip-text.ts";
import { unetConfig } from "../../src/graphs/unet-config.ts";
import { unet } from "../../src/graphs/unet.ts";
import type { GoldenModel } from "./golden.ts";

const tokenizer = fileURLToPath(new URL("../fixtures/tokenizer", import.meta.url));

/** Writes a checkpoint whose weights are the reference's, its components as a variant's files where it is of half precision. */
export async function writeFolder(folder: string, model: GoldenModel): Promise<void> {
  const { dtype, modern, files } = model;
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), JSON.stringify(content));
  }
  await cp(tokenizer, join(folder, "tokenizer"), { recursive: true });

  const ending = dtype === "F16" ? "fp16.safetensors" : "safetensors";
  const text = clipTextConfig(files["text_encoder/config.json"]);
  const vae = autoencoderKlConfig(files["vae/config.json"]);
  await synthesize({
    file: join(folder, `text_encoder/model.${ending}`),
    dtype,
    build: (weights) => clipText(text, weights),
    has: (name) => !modern && name.startsWith("text_model."),
  });
  await synthesize({
    file: join(folder, `unet/diffusion_pytorch_model.${ending}`),
    dtype,
    build: (weights) => unet(unetConfig(files["unet/config.json"]), weights),
  });
  await synthesize({
    file: join(folder, `vae/diffusion_pytorch_model.${ending}`),
    dtype,
    build: (weights: Weights) => [autoencoderDecoder(vae, weights), autoencoderEncoder(vae, weights)],
    has: (name) => modern && name.endsWith("to_q.weight"),
  });
}
