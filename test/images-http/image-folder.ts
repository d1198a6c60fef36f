import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { models } from "../../packages/plugin-diffusion/test/pictures/golden.ts";
import { writeFolder } from "../../packages/plugin-diffusion/test/pictures/synthetic-folder.ts";

const unet = "unet/config.json";

/** Writes a small Stable Diffusion in diffusers' format. Its weights are synthetic, and it draws 64x64. Removed when disposed. */
export async function imageFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kindred-image-"));
  const { files, ...model } = models["sd15"]!;
  const small = { ...files[unet], sample_size: 8, _diffusers_version: "0.39.0" };
  await writeFolder(path, { ...model, files: { ...files, [unet]: small } });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
