import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { synthesize } from "@kindred/core/testing";
import { components } from "./images-components.js";

const published = new URL(
  "../packages/plugin-diffusion/test/fixtures/stable-diffusion-v1.5/files.json",
  import.meta.url,
);
const folder = fileURLToPath(new URL(".cache/stable-diffusion-v1.5", import.meta.url));
const script = fileURLToPath(new URL("images_torch.py", import.meta.url));

export const python = process.env.KINDRED_PYTHON ?? "python3";

/** The folder of a Stable Diffusion 1.5 as published, with synthetic weights of half precision: 2 GB. Made once. */
export async function imagesFolder() {
  const files = JSON.parse(await readFile(published, "utf8"));
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), JSON.stringify(content));
  }
  for (const { directory, file, graphs } of Object.values(components)) {
    const path = join(folder, directory, file);
    if (existsSync(path)) continue;
    const config = files[`${directory}/config.json`];
    await synthesize({
      file: path,
      dtype: "F16",
      build: (weights) => graphs.map((graph) => graph(config, weights)),
      has: (name) => name.startsWith("text_model."),
    });
  }
  return folder;
}

/**
 * Has torch export the same weights as float32: onnx/COMPONENT/model.onnx. Made once, by a Python that has the packages of
 * requirements.txt.
 */
export async function exportImages(component) {
  const file = join(folder, "onnx", component, "model.onnx");
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  await promisify(execFile)(python, [script, "export", folder, component]);
}
