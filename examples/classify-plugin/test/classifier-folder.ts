import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthesize } from "@kindred/core/testing";
import { bert } from "@kindred/text-encoders";
import { labelled } from "../src/labelled.ts";

const files = [
  "fixture/config.json",
  "../../../packages/plugin-embedding/test/fixtures/tokenizer.json",
  "../../../packages/plugin-embedding/test/fixtures/tokenizer_config.json",
];

/** A classifier's folder with synthetic weights; `change` may mutate its config. Disposed, it is removed. */
export async function classifierFolder(
  change: (config: any) => void = () => {},
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kindred-classify-"));
  for (const file of files) {
    await cp(fileURLToPath(new URL(file, import.meta.url)), join(path, basename(file)));
  }
  const config = JSON.parse(await readFile(join(path, "config.json"), "utf8"));
  await synthesize({
    file: join(path, "model.safetensors"),
    build: (weights) => bert.graph(config, weights, labelled(config.hidden_size, 3)),
  });
  change(config);
  await writeFile(join(path, "config.json"), JSON.stringify(config));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
