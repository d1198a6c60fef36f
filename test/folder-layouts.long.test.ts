import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import { embedding as table, graph, openSafetensors } from "@kindred/core/onnx";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { diffusion, image } from "@kindred/plugin-diffusion";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fixture } from "../packages/plugin-embedding/test/fixture.ts";
import { layouts } from "./folder-layouts.ts";
import { imageFolder } from "./images-http/image-folder.ts";

const texts = ["a red fox", "the sea at night, seen from a cliff"];

let scratch: string;
beforeEach(async () => {
  scratch = await realpath(await mkdtemp(join(tmpdir(), "kindred-layouts-")));
});
afterEach(() => rm(scratch, { recursive: true }));

/** Two layouts tell most faults; KINDRED_FULL=1 has them all. */
const tried = Object.entries(layouts).slice(0, process.env["KINDRED_FULL"] ? undefined : 2);

describe.each(tried)("%s", (_, layOut) => {
  test("gives the plain folder's vectors", async () => {
    await using plain = await fixture("max-tiny");
    expect(await vectors(await layOut(plain.path, scratch))).toEqual(await vectors(plain.path));
  });

  test("gives them of sharded weights", async () => {
    await using plain = await fixture("max-tiny");
    const expected = await vectors(plain.path);
    await shard(plain.path);
    expect(await vectors(plain.path)).toEqual(expected);
    expect(await vectors(await layOut(plain.path, scratch))).toEqual(expected);
  });

  test("gives them of an exported graph whose weights are in files beside it", async () => {
    await using plain = await fixture("max-tiny", { json: { "model.safetensors": null } });
    await exportTo(join(plain.path, "onnx"));
    expect(await vectors(await layOut(plain.path, scratch))).toEqual(await vectors(plain.path));
  });
});

test("a diffusers folder whose components are links draws the plain folder's picture", async () => {
  await using plain = await imageFolder();
  for (const name of [
    "each component's folder a link",
    "Hugging Face's cache with its shared blob store",
  ]) {
    const folder = await layouts[name]!(plain.path, join(scratch, name));
    expect(await picture(folder), name).toEqual(await picture(plain.path));
  }
});

async function vectors(source: string): Promise<readonly Float32Array[]> {
  await using kernel = await createKernel({
    plugins: [embedding()],
    models: [{ id: "m", source, family: "sentence-transformers" }],
  });
  const answer = await kernel.run(embeddingTask, "m", { input: texts });
  return answer.vectors as readonly Float32Array[];
}

async function picture(source: string): Promise<unknown> {
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id: "m", source }],
  });
  const request = { prompt: "a fox", steps: 1, seed: 1 };
  return (await kernel.run(image, "m", request as never)).pictures;
}

/** Splits `model.safetensors` into two files and an index. */
async function shard(folder: string): Promise<void> {
  const file = join(folder, "model.safetensors");
  const bytes = await readFile(file);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: _, ...tensors } = JSON.parse(bytes.toString("utf8", 8, end));
  const names = Object.keys(tensors);
  const parts = {
    "1.safetensors": names.filter((_, i) => i % 2),
    "2.safetensors": names.filter((_, i) => !(i % 2)),
  };
  const map: Record<string, string> = {};
  for (const [part, own] of Object.entries(parts)) {
    const header: Record<string, object> = {};
    const data: Buffer[] = [];
    let offset = 0;
    for (const name of own) {
      const [from, to] = tensors[name].data_offsets;
      header[name] = { ...tensors[name], data_offsets: [offset, (offset += to - from)] };
      data.push(bytes.subarray(end + from, end + to));
      map[name] = part;
    }
    const text = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    await writeFile(join(folder, part), Buffer.concat([length, text, ...data]));
  }
  await writeFile(`${file}.index.json`, JSON.stringify({ weight_map: map }));
  await rm(file);
}

/** Exports an encoder that looks its tokens up, with a large table in a file of its own as Optimum leaves it. */
async function exportTo(folder: string): Promise<void> {
  const build = (weights: Weights): BuiltGraph => {
    const g = graph("encoder", weights);
    const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
    g.input("attention_mask", "int64", ["batch", "sequence"]);
    return g.output("last_hidden_state", table(g.at("words"), ids, 3000, 32)).build();
  };
  await mkdir(folder);
  await synthesize({ file: join(folder, "model.onnx_data"), build });
  const { model } = build(await openSafetensors(folder, "model.onnx_data"));
  await writeFile(join(folder, "model.onnx"), model);
}
