import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthesize } from "@kindred/core/testing";
import type { FloatType, SyntheticTensor } from "@kindred/core/testing";
import { allArchitectures } from "@kindred/text-encoders";
import { rewriteWeights } from "./rewrite-weights.ts";
import type { RewriteOptions } from "./rewrite-weights.ts";
import { shardWeights } from "./shard-weights.ts";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));

/** Tokenizers of models that have another one than BERT's, by their types. */
export const tokenizers: Readonly<Record<string, string>> = Object.fromEntries(
  ["mpnet", "roberta", "xlm-roberta"].map((type) => {
    const file = `../../core/test/fixtures/tokenizer/${type}-tokenizer.json`;
    return [type, fileURLToPath(new URL(file, import.meta.url))];
  }),
);

/** Types of weights by their names in a config. */
const stored: Readonly<Record<string, FloatType>> = { float16: "F16", bfloat16: "BF16" };

export interface FixtureOptions extends RewriteOptions {
  /** The folder's name, or its path below the parent. Default: the fixture's name. */
  readonly folder?: string;
  /** Members of JSON files that differ from the fixture's, or whole arrays; null removes a file. */
  readonly json?: Readonly<Record<string, object | null>>;
  /** Further weights. */
  readonly extra?: readonly SyntheticTensor[];
  /** Whether the weights lie in two files, with an index. Default false. */
  readonly sharded?: boolean;
  /** A folder within, to which the files of the Transformer module are moved. */
  readonly transformer?: string;
}

/** A model folder as it would be published, of a fixture's configs and synthetic weights. Disposed, it is removed. */
export async function fixture(
  name: string,
  {
    folder = name,
    json = {},
    extra = [],
    transformer,
    sharded = false,
    ...changes
  }: FixtureOptions = {},
): Promise<{ readonly path: string } & AsyncDisposable> {
  const parent = await mkdtemp(join(tmpdir(), "kindred-embedding-"));
  const path = join(parent, folder);
  const config = await readJson(join(fixtures, name, "config.json"));
  const tokenizer = tokenizers[config.model_type] ?? join(fixtures, "tokenizer.json");
  await cp(tokenizer, join(path, "tokenizer.json"));
  await cp(join(fixtures, "tokenizer_config.json"), join(path, "tokenizer_config.json"));
  await cp(join(fixtures, name), path, { recursive: true });
  const file = join(path, "model.safetensors");
  const architecture = allArchitectures.find((each) => each.matches(config))!;
  await synthesize({
    file,
    dtype: stored[config.dtype] ?? "F32",
    build: (weights) => architecture.graph(config, weights, () => {}),
    extra,
  });
  await rewriteWeights(file, changes);
  if (sharded) await shardWeights(file);
  for (const [name, members] of Object.entries(json)) await change(join(path, name), members);
  if (transformer !== undefined) await move(path, transformer);
  return { path, [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) };
}

async function change(file: string, members: object | null): Promise<void> {
  if (!members) return rm(file);
  await mkdir(dirname(file), { recursive: true });
  const whole = Array.isArray(members) ? members : { ...(await readJson(file)), ...members };
  await writeFile(file, JSON.stringify(whole));
}

/** Lays a model out as sentence-transformers 1 saved it. It has a config.json of its own at the root. */
async function move(path: string, transformer: string): Promise<void> {
  const modules = await readJson(join(path, "modules.json"));
  const entries = await readdir(path, { withFileTypes: true });
  await mkdir(join(path, transformer), { recursive: true });
  for (const entry of entries) {
    if (!entry.isFile() || /^(modules|config_sentence_transformers)\.json$/.test(entry.name))
      continue;
    await rename(join(path, entry.name), join(path, transformer, entry.name));
  }
  modules[0].path = transformer;
  await writeFile(join(path, "modules.json"), JSON.stringify(modules));
  await writeFile(join(path, "config.json"), '{"__version__": "1.0.0"}');
}

async function readJson(file: string): Promise<any> {
  return JSON.parse(await readFile(file, "utf8").catch(() => "{}"));
}
