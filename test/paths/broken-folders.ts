import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { graph, embedding as table, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { imageFolder } from "../images-http/image-folder.ts";

/** What a file outside of the models says that a link leads to. */
export const secret = "root:x:0:0:root:/root:/bin/bash\nadmin:x:1000:1000::/home/admin:/bin/sh\n";

export interface Broken {
  readonly name: string;
  /** A model's folder with this fault, and a file beside it that links may lead to. Removed when disposed. */
  make(): Promise<BrokenFolder>;
}

export interface BrokenFolder extends AsyncDisposable {
  readonly path: string;
}

type Break = (folder: string, secretFile: string) => Promise<unknown>;

const embedder = (name: string, fault: Break): Broken => ({
  name,
  make: () => broken(() => fixture("bge-tiny"), fault),
});
const painter = (name: string, fault: Break): Broken => ({
  name,
  make: () => broken(imageFolder, fault),
});

async function broken(
  make: () => Promise<{ readonly path: string } & AsyncDisposable>,
  fault: Break,
): Promise<BrokenFolder> {
  const outside = await mkdtemp(join(tmpdir(), "kindred-outside-"));
  const secretFile = join(outside, "passwd");
  await writeFile(secretFile, secret);
  const folder = await make();
  await fault(folder.path, secretFile);
  return {
    path: folder.path,
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await rm(outside, { recursive: true });
    },
  };
}

/** Puts a link to the file outside in the place of a model's file. */
const linked =
  (file: string): Break =>
  async (folder, secretFile) => {
    await rm(join(folder, file), { force: true });
    await symlink(secretFile, join(folder, file));
  };
const written =
  (file: string, text: string): Break =>
  (folder) =>
    writeFile(join(folder, file), text);
const removed =
  (file: string): Break =>
  (folder) =>
    rm(join(folder, file), { recursive: true });
const isFolder =
  (file: string): Break =>
  async (folder) => {
    await rm(join(folder, file));
    await mkdir(join(folder, file));
  };

const weights = "model.safetensors";
const unet = "unet/diffusion_pytorch_model.safetensors";

export const brokenFolders: readonly Broken[] = [
  embedder("no folder", (folder) => rm(folder, { recursive: true })),
  embedder("a file in the folder's place", async (folder) => {
    await rm(folder, { recursive: true });
    await writeFile(folder, "a file");
  }),
  embedder("an empty folder", async (folder) => {
    await rm(folder, { recursive: true });
    await mkdir(folder);
  }),
  ...["config.json", "modules.json", "tokenizer.json", "tokenizer_config.json", weights].map(
    (file) => embedder(`${file} linked to a file outside`, linked(file)),
  ),
  embedder("1_Pooling/config.json linked to a file outside", linked("1_Pooling/config.json")),
  embedder("a config.json that is cut off", written("config.json", '{"model_type": "be')),
  embedder("a config.json that is a list", written("config.json", "[1, 2]")),
  embedder("a config.json that is a folder", isFolder("config.json")),
  embedder("a tokenizer.json of nothing", written("tokenizer.json", "{}")),
  embedder("no tokenizer.json", removed("tokenizer.json")),
  embedder("no weights", removed(weights)),
  embedder("weights that are cut off", (folder) => truncate(join(folder, weights), 500)),
  embedder("weights that are a pickle", written(weights, "PK\u0003\u0004 and so on")),
  embedder("an index that names a file elsewhere", async (folder, secretFile) => {
    await rm(join(folder, weights));
    const index = { weight_map: { "embeddings.word_embeddings.weight": secretFile } };
    await writeFile(join(folder, `${weights}.index.json`), JSON.stringify(index));
  }),
  embedder("an export that is no ONNX model", exported(Buffer.from("not a model at all"))),
  embedder("an export of a version that onnxruntime does not read", exported("newer")),
  embedder("an export whose data is elsewhere", exported("elsewhere")),
  ...["unet/config.json", "model_index.json", "scheduler/scheduler_config.json", unet].map((file) =>
    painter(`${file} linked to a file outside`, linked(file)),
  ),
  painter("a denoiser's config that is cut off", written("unet/config.json", "{")),
  painter("no weights of the denoiser", removed(unet)),
  painter("no folder of the text encoder", removed("text_encoder")),
  painter("no vocabulary", removed("tokenizer")),
];

/** A folder whose graph is an export: these bytes, or a sound one with a fault. */
function exported(model: Uint8Array | "newer" | "elsewhere"): Break {
  return async (folder, secretFile) => {
    await rm(join(folder, weights));
    const place = join(folder, "onnx");
    await mkdir(place);
    if (typeof model !== "string") return writeFile(join(place, "model.onnx"), model);
    await synthesize({ file: join(place, "weights.data"), build: toy });
    const { model: sound } = toy(await openSafetensors(place, "weights.data"));
    const newer = Buffer.concat([sound as Uint8Array, Buffer.of(0x08, 99)]);
    await writeFile(join(place, "model.onnx"), model === "newer" ? newer : (sound as Uint8Array));
    if (model === "elsewhere") {
      await rm(join(place, "weights.data"));
      await symlink(join(secretFile, "..", basename(folder)), join(place, "weights.data"));
    }
  };
}

function toy(from: Weights): BuiltGraph {
  const g = graph("toy", from);
  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  g.input("attention_mask", "int64", ["batch", "sequence"]);
  return g.output("last_hidden_state", table(g.at("words"), ids, 3000, 48)).build();
}

/** Every ten characters of the file outside. */
export function tenCharactersOf(text: string): readonly string[] {
  return Array.from({ length: text.length - 9 }, (_, i) => text.slice(i, i + 10));
}
