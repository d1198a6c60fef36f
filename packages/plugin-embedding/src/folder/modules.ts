import { KernelError } from "@kindred/core";
import type { ModelFolder } from "@kindred/core";
import * as z from "zod";
import { checkedJson } from "./checked-json.ts";
import type { Pooling, PoolingMode } from "../graphs/pooling.ts";

const listed = z.array(z.object({ type: z.string(), path: z.string() }));

/** The pooling that `modules.json` and the files it names ask for; `otherwise` where there is none. LOAD_FAILED names what is not served here. */
export function poolingOf(model: ModelFolder, otherwise: Pooling): Pooling {
  const json = model.json("modules.json");
  if (json === undefined) return otherwise;
  const modules = checkedJson(json, listed, "modules.json is no list of modules");
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

/** Both spellings: one flag for each mode, and since version 5 `pooling_mode`. */
function modesOf(model: ModelFolder, file: string): readonly PoolingMode[] {
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
  const known = "Pooling by cls, mean or max and Normalize are.";
  return new KernelError("LOAD_FAILED", `${file} asks for ${what}, which is not served. ${known}`);
}
