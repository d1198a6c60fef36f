import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { synthesize } from "@kindred/core/testing";
import { components } from "./images-components.js";

const published = (checkpoint) =>
  checkpoint === "stable-diffusion-v1.5"
    ? new URL(
        "../packages/plugin-diffusion/test/fixtures/stable-diffusion-v1.5/files.json",
        import.meta.url,
      )
    : new URL(`checkpoints/${checkpoint}.json`, import.meta.url);
const folderOf = (checkpoint) => fileURLToPath(new URL(`.cache/${checkpoint}`, import.meta.url));
const script = fileURLToPath(new URL("images_torch.py", import.meta.url));

export const python = process.env.KINDRED_PYTHON ?? "python3";

/** The folder with a component's configuration as published and its synthetic weights of half precision. Made once. */
export async function imagesFolder(component) {
  const { checkpoint, directory, file, graphs, extra } = components[component];
  const folder = folderOf(checkpoint);
  const files = JSON.parse(await readFile(published(checkpoint), "utf8"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), JSON.stringify(content));
  }
  const path = join(folder, directory, file);
  if (existsSync(path)) return folder;
  const config = files[`${directory}/config.json`];
  await synthesize({
    file: path,
    dtype: "F16",
    build: (weights) => graphs.map((graph) => graph(config, weights)),
    has: (name) => name.startsWith("text_model."),
    extra,
  });
  return folder;
}

/**
 * Has torch export the same weights as float32: onnx/COMPONENT/model.onnx. Made once, by a Python that has the packages of
 * requirements.txt.
 */
export async function exportImages(folder, component) {
  const file = join(folder, "onnx", component, "model.onnx");
  if (existsSync(file)) return;
  await mkdir(dirname(file), { recursive: true });
  await promisify(execFile)(python, [script, "export", folder, component]);
}
