import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuiltGraph, Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";
import { allArchitectures } from "@kindred/text-encoders";
import type { Head } from "@kindred/text-encoders";
import { tokenizers } from "../../plugin-embedding/test/fixture.ts";
import { rewriteWeights } from "../../plugin-embedding/test/rewrite-weights.ts";
import type { RewriteOptions } from "../../plugin-embedding/test/rewrite-weights.ts";
import { classifiers } from "../src/graphs/classifier.ts";
import { read } from "./golden.ts";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const bert = fileURLToPath(new URL("../../plugin-embedding/test/fixtures", import.meta.url));

export interface FixtureOptions extends Omit<RewriteOptions, "rename"> {
  /** The folder's name. Default: the fixture's name. */
  readonly folder?: string;
  /** Members of config.json that differ from the fixture's before the weights are made. */
  readonly config?: object;
  /** Members of JSON files that differ from the fixture's, or whole arrays; null removes a file. */
  readonly json?: Readonly<Record<string, object | null>>;
  /** What is put before the names of the encoder's weights. Default: as transformers saves them. */
  readonly prefix?: string;
}

/** A cross-encoder's folder as it would be published, of a fixture's configs and synthetic weights. Disposed, it is removed. */
export async function fixture(
  name: string,
  { folder = name, config: changed = {}, json = {}, prefix, ...changes }: FixtureOptions = {},
): Promise<{ readonly path: string } & AsyncDisposable> {
  const parent = await mkdtemp(join(tmpdir(), "kindred-rerank-"));
  const path = join(parent, folder);
  const config = { ...read(`fixtures/${name}/config.json`), ...changed };
  const own = tokenizers[config.model_type] ?? join(bert, "tokenizer.json");
  await cp(own, join(path, "tokenizer.json"));
  await cp(join(bert, "tokenizer_config.json"), join(path, "tokenizer_config.json"));
  await cp(join(fixtures, name), path, { recursive: true });
  await writeFile(join(path, "config.json"), JSON.stringify(config));
  const file = join(path, "model.safetensors");
  await synthesize({ file, build: (weights) => crossEncoder(config, weights) });
  const before = prefix ?? prefixes[config.model_type]!;
  const rename = (weight: string): string =>
    weight.startsWith("classifier.") ? weight : before + weight;
  await rewriteWeights(file, { ...changes, rename });
  for (const [name, members] of Object.entries(json)) await change(path, name, members);
  return { path, [Symbol.asyncDispose]: () => rm(parent, { recursive: true }) };
}

const prefixes: Readonly<Record<string, string>> = { bert: "bert.", "xlm-roberta": "roberta." };

/** The graph of a config, with the classifier of its class. */
export function crossEncoder(config: any, weights: Weights, head?: Head): BuiltGraph {
  const architecture = allArchitectures.find((each) => each.matches(config))!;
  const own = classifiers[config.architectures[0]]!(config.hidden_size);
  return architecture.graph(config, weights, head ?? own, { pairs: true });
}

async function change(folder: string, name: string, members: object | null): Promise<void> {
  const file = join(folder, name);
  if (!members) return rm(file);
  const whole = Array.isArray(members) ? members : { ...read(file, {}), ...members };
  await writeFile(file, JSON.stringify(whole));
}
