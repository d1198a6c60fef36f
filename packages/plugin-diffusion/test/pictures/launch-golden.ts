import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { diffusion } from "../../src/index.ts";
import type { GoldenPictures } from "./golden.ts";
import { writeExport, writeFolder } from "./synthetic-folder.ts";

export interface LaunchedGolden extends AsyncDisposable {
  readonly kernel: Kernel;
}

/** A kernel with the checkpoints of recorded pictures, and one of them as an ONNX export, "ID-onnx". Disposing removes their files. */
export async function launchGolden(
  { models }: GoldenPictures,
  exported: string,
): Promise<LaunchedGolden> {
  const root = await mkdtemp(join(tmpdir(), "kindred-pictures-"));
  for (const [id, model] of Object.entries(models)) await writeFolder(join(root, id), model);
  await writeExport(join(root, `${exported}-onnx`), models[exported]!);
  const ids = [...Object.keys(models), `${exported}-onnx`];
  const kernel = await createKernel({
    plugins: [diffusion()],
    models: ids.map((id) => ({ id, source: join(root, id) })),
  });
  return {
    kernel,
    async [Symbol.asyncDispose]() {
      await kernel[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}
