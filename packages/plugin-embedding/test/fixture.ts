import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthesize } from "@kindred/core/testing";
import type { SyntheticTensor } from "@kindred/core/testing";
import { bert } from "@kindred/plugin-embedding";
import { rewriteWeights } from "./rewrite-weights.ts";
import type { RewriteOptions } from "./rewrite-weights.ts";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

export interface FixtureOptions extends RewriteOptions {
  /** Members of JSON files that differ from the fixture's, or whole arrays; null removes a file. */
  readonly json?: Readonly<Record<string, object | null>>;
  /** Further weights. */
  readonly extra?: readonly SyntheticTensor[];
}

/** A model folder as it would be published, of a fixture's configs and synthetic weights. Disposed, it is removed. */
export async function fixture(
  name: string,
  { json = {}, extra = [], ...changes }: FixtureOptions = {},
): Promise<{ readonly path: string } & AsyncDisposable> {
  const parent = await mkdtemp(join(tmpdir(), "kindred-embedding-"));
  const path = join(parent, name);
  await cp(join(fixtures, name), path, { recursive: true });
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    await cp(join(fixtures, file), join(path, file));
  }
  const file = join(path, "model.safetensors");
  const config = await readJson(join(path, "config.json"));
  await synthesize({
    file,
    dtype: config.dtype === "float16" ? "F16" : "F32",
    build: (weights) => bert.graph(config, weights, { modes: ["cls"], normalize: false }),
    extra,
  });
  await rewriteWeights(file, changes);
  for (const [name, members] of Object.entries(json)) await change(join(path, name), members);
  return { path, [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) };
}

async function change(file: string, members: object | null): Promise<void> {
  if (!members) return rm(file);
  const whole = Array.isArray(members) ? members : { ...(await readJson(file)), ...members };
  await writeFile(file, JSON.stringify(whole));
}

async function readJson(file: string): Promise<any> {
  return JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
}
