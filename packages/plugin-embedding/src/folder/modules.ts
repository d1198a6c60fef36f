import { KernelError, validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import * as z from "zod";
import type { Pooling, PoolingMode } from "../graphs/pooling.ts";

const listed = z.array(z.object({ type: z.string(), path: z.string() }));

/**
 * The pooling that `modules.json` and the files it names ask for; `otherwise` when there is no `modules.json`. LOAD_FAILED names
 * the file and what it asks for that is not served here, such as a Dense module.
 */
export function poolingOf(model: ModelListing, otherwise: Pooling): Pooling {
  const json = model.json("modules.json");
  if (json === undefined) return otherwise;
  const modules = validatedNow(listed, json, {
    code: "LOAD_FAILED",
    what: "modules.json is no list of modules",
  });
  let { modes } = otherwise;
  let normalize = false;
  for (const { type, path } of modules) {
    const kind = type.slice(type.lastIndexOf(".") + 1);
    if (kind === "Pooling") modes = modesOf(model, `${path}/config.json`);
    else if (kind === "Normalize") normalize = true;
    else if (kind !== "Transformer") throw notServed("modules.json", `a ${kind} module (${path})`);
  }
  return { modes, normalize };
}

/** Reads both spellings: one flag for each mode, and since sentence-transformers 5 `pooling_mode`. */
function modesOf(model: ModelListing, file: string): readonly PoolingMode[] {
  const config = model.json(file);
  if (!config)
    throw new KernelError("LOAD_FAILED", `modules.json names ${file}, which is missing.`);
  if (config.include_prompt === false) throw notServed(file, "include_prompt: false");
  const flags = Object.keys(config).filter((key) => key.startsWith("pooling_mode_") && config[key]);
  const names = [config.pooling_mode ?? flags].flat();
  if (names.length === 0) return ["mean"];
  return names.map((name: string) => {
    const mode = modes[name];
    if (!mode) throw notServed(file, `the pooling mode "${name}"`);
    return mode;
  });
}

const modes: Readonly<Record<string, PoolingMode>> = {
  cls: "cls",
  mean: "mean",
  max: "max",
  pooling_mode_cls_token: "cls",
  pooling_mode_mean_tokens: "mean",
  pooling_mode_max_tokens: "max",
};

function notServed(file: string, what: string): KernelError {
  const known = "Served are pooling by cls, mean or max, and Normalize.";
  return new KernelError("LOAD_FAILED", `${file} asks for ${what}, which is not served. ${known}`);
}
