import { join } from "node:path/posix";
import { KernelError, validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import * as z from "zod";
import { modulesOf } from "@kindred/text-encoders";
import type { Pooling, PoolingMode } from "../graphs/pooling.ts";

/**
 * The pooling that `modules.json` and the files it names ask for; `otherwise` when there is no `modules.json`. LOAD_FAILED names
 * the file and what it asks for that is not served here, such as a Dense module.
 */
export function poolingOf(model: ModelListing, otherwise: Pooling): Pooling {
  const modules = modulesOf(model);
  if (modules === undefined) return otherwise;
  let pooling: Pooling | undefined;
  for (const { kind, path } of modules) {
    if (kind === "Pooling") pooling = readPooling(model, join(path, "config.json"));
    else if (kind === "Normalize") {
      checkNormalize(model, join(path, "config.json"));
      // Listed before a Pooling it has no vector to normalise.
      pooling &&= { ...pooling, normalize: true };
    } else if (kind !== "Transformer")
      throw notServed("modules.json", `a ${kind} module (${path})`);
  }
  if (pooling) return pooling;
  const message = `modules.json lists no Pooling module, without which texts have no vectors. ${served}`;
  throw new KernelError("LOAD_FAILED", message);
}

/** Poolings whose vectors are put one after the other: each of them once. */
const maxModes = 6;

const pooling = z.looseObject({
  pooling_mode: z.union([z.string(), z.array(z.string()).min(1).max(maxModes)]).optional(),
  include_prompt: z.boolean().nullish(),
});

/** Reads both spellings: one flag for each mode, and since sentence-transformers 5 `pooling_mode`, which wins. */
function readPooling(model: ModelListing, file: string): Pooling {
  const json = model.json(file);
  if (!json) throw new KernelError("LOAD_FAILED", `modules.json names ${file}, which is missing.`);
  const refusal = { code: "LOAD_FAILED", what: `${file} is not sound` } as const;
  const config = validatedNow(pooling, json, refusal);
  const names = [config.pooling_mode ?? flagged(config, file)].flat();
  const unknown = names.find((name) => !Object.hasOwn(modes, name));
  if (unknown !== undefined) throw unknownMode(file, unknown);
  return {
    modes: names.map((name) => modes[name]!),
    normalize: false,
    includePrompt: config.include_prompt ?? true,
  };
}

/** The modes that flags ask for, in the order in which sentence-transformers puts their vectors: the file's own does not count. */
function flagged(config: Readonly<Record<string, unknown>>, file: string): readonly string[] {
  const asked = Object.keys(config).filter((key) => key.startsWith("pooling_mode_") && config[key]);
  const unknown = asked.find((key) => !Object.hasOwn(flags, key));
  if (unknown !== undefined) throw unknownMode(file, unknown);
  const names = Object.keys(flags).filter((key) => asked.includes(key));
  return names.length > 0 ? names.map((key) => flags[key]!) : ["mean"];
}

const flags: Readonly<Record<string, PoolingMode>> = {
  pooling_mode_cls_token: "cls",
  pooling_mode_max_tokens: "max",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_mean_sqrt_len_tokens: "mean_sqrt_len_tokens",
  pooling_mode_weightedmean_tokens: "weightedmean",
  pooling_mode_lasttoken: "lasttoken",
};

const modes: Readonly<Record<string, PoolingMode>> = Object.fromEntries(
  Object.values(flags).map((mode) => [mode, mode]),
);

const normalize = z.object({
  module_input_name: z.literal("sentence_embedding").optional(),
  module_output_name: z.literal("sentence_embedding").nullish(),
});

/** Refuses the normalisation of each token, as models of several vectors have it. */
function checkNormalize(model: ModelListing, file: string): void {
  validatedNow(normalize, model.json(file) ?? {}, {
    code: "LOAD_FAILED",
    what: `${file} asks for what is not served`,
  });
}

const served = "Served are Transformer, Pooling and Normalize.";

function unknownMode(file: string, mode: string): KernelError {
  const known = Object.keys(modes).join(", ");
  const message = `${file} asks for the pooling mode "${mode}", which is not served. Modes are ${known}.`;
  return new KernelError("LOAD_FAILED", message);
}

function notServed(file: string, what: string): KernelError {
  return new KernelError("LOAD_FAILED", `${file} asks for ${what}, which is not served. ${served}`);
}
