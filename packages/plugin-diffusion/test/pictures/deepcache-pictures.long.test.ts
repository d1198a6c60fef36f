import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { diffusion } from "../../src/index.ts";
import { deviateBy, expectSame, mutated } from "./deviation.ts";
import { readPictures } from "./golden.ts";
import { writeControlNet, writeFolder } from "./synthetic-folder.ts";

const golden = readPictures("deepcache-pictures");
const { cases, models, nets } = golden;
/** Options of models beside `deepcache`. */
const further: Readonly<Record<string, object>> = { sd21: { deepcache_cache_branch_id: 4 } };

let root: string;
let kernel: Kernel;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "kindred-deepcache-"));
  for (const [name, model] of Object.entries(models)) await writeFolder(join(root, name), model);
  await writeControlNet(join(root, "lines"), nets["lines"]!);
  const launch = (id: string, source: string, options: object) => ({
    id,
    source: join(root, source),
    options: { deepcache: true, ...options },
  });
  kernel = await createKernel({
    plugins: [diffusion()],
    models: [
      ...Object.keys(models).map((id) => launch(id, id, further[id] ?? {})),
      launch("controlled", "sd15", { controlnet: { lines: join(root, "lines") } }),
      launch("deeper", "sd15", { deepcache_cache_branch_id: 1 }),
    ],
  });
});

afterAll(async () => {
  await kernel?.[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

const deviate = deviateBy(() => kernel, golden);

test.each(Object.keys(cases))("%s is the picture of diffusers with DeepCache", async (name) => {
  const { model, request } = cases[name]!;
  expectSame(await deviate(name, {}, request.control ? "controlled" : model));
});

test.each(["plain", "branch", "xl", "inpainting"])(
  "%s without DeepCache is another picture",
  async (name) => {
    expect((await deviate(name, { deepcacheInterval: 1 })).mean).toBeGreaterThan(mutated);
  },
);

test("another interval, and another branch, draw another picture", async () => {
  expect((await deviate("plain", { deepcacheInterval: 5 })).mean).toBeGreaterThan(mutated);
  expect((await deviate("plain", {}, "deeper")).mean).toBeGreaterThan(mutated);
});
