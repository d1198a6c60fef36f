import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createKernel, modelSource, provide } from "@kindred/core";
import { hubSource } from "@kindred/core/hub";
import { expect, test } from "vitest";
import { imageFolder } from "../../../test/images-http/image-folder.ts";
import { home } from "../../core/test/hub/fetched.ts";
import { standIn } from "../../core/test/hub/stand-in.ts";
import { diffusion } from "../src/index.ts";

/** What repositories have beside the files that are read: other precisions, formats and frameworks. */
const others = [
  "v1-5-pruned.ckpt",
  "unet/diffusion_pytorch_model.bin",
  "unet/diffusion_pytorch_model.fp16.safetensors",
  "text_encoder/flax_model.msgpack",
];

test.each(["birds/lark", "lark"])(
  "%s, a pipeline, is served by the files that it reads",
  async (source) => {
    await using folder = await imageFolder();
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const read = entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => {
        const path = join(parentPath, name);
        return [
          path.slice(folder.path.length + 1).replaceAll("\\", "/"),
          await readFile(path),
        ] as const;
      });
    const files = Object.fromEntries([
      ...(await Promise.all(read)),
      ...others.map((name) => [name, Buffer.alloc(1000)] as const),
    ]);
    await using hub = await standIn({ files });
    await using at = await home();
    const plugin = diffusion();
    const [known] = plugin.families!.flatMap(({ checkpoints = [] }) => checkpoints);
    const checkpoints = [{ ...known!, name: "lark", repo: "birds/lark", revision: "main" }];
    await using kernel = await createKernel({
      plugins: [plugin],
      models: [{ id: "sd", source }],
      provides: [provide(modelSource, () => hubSource({ checkpoints, env: at.env(hub) }))],
    });
    expect(kernel.models()).toMatchObject([{ id: "sd", state: "ready" }]);
    const fetched = hub.fetched.map(({ path }) => path).join("\n");
    expect(fetched).toContain("unet/diffusion_pytorch_model.safetensors");
    for (const name of others) expect(fetched).not.toContain(name);
  },
);
