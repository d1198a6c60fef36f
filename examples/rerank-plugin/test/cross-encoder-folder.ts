import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@kindred/core/testing";
import { crossEncoder } from "../src/cross-encoder.ts";

const own = new URL("fixture/", import.meta.url);
const tokenizer = new URL("../../../packages/plugin-embedding/test/fixtures/", import.meta.url);

/** A cross-encoder's folder with synthetic weights; `change` may mutate one of its JSON files. Disposed, it is removed. */
export async function crossEncoderFolder(
  change: Readonly<Record<string, (json: any) => void>> = {},
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "kindred-rerank-"));
  const sources = [
    new URL("config.json", own),
    new URL("tokenizer.json", tokenizer),
    new URL("tokenizer_config.json", tokenizer),
  ];
  for (const source of sources) {
    await cp(source, join(path, source.pathname.split("/").at(-1)!));
  }
  const config = JSON.parse(await readFile(join(path, "config.json"), "utf8"));
  await synthesize({
    file: join(path, "model.safetensors"),
    build: (weights) => crossEncoder(config, weights),
  });
  for (const [file, mutate] of Object.entries(change)) {
    const json = JSON.parse(await readFile(join(path, file), "utf8"));
    mutate(json);
    await writeFile(join(path, file), JSON.stringify(json));
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
