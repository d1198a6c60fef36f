import type { ModelListing } from "@kindred/core";
import { poolsTokens, transformerPath } from "./modules.ts";
import { namesOf } from "./names.ts";
import { transformerFolder } from "./transformer-folder.ts";

/** Heads that answer with something else than the states of tokens. */
const otherHead = /Classification|Ranking|Answering|CausalLM|Generation|CTC|^CLIPTextModel/;

/**
 * Whether a folder holds a text encoder, of whatever architecture. One that has no graph here is recognised too, and one
 * whose `modules.json` names a folder for its Transformer that holds none, so that loading it can say what is wrong. A model that
 * pools its tokens may name any head: those of Qwen3-Embedding name the one of the language model that they were trained from.
 */
export function isTextEncoder(model: ModelListing): boolean {
  if (transformerPath(model) !== "") return true;
  const config = model.json("config.json");
  const [head] = [config?.architectures].flat();
  return config?.vocab_size > 0 && (poolsTokens(model) || !otherHead.test(head));
}

/** Recognises the models that are called so, without the owner or the folders before a name. */
export function named(pattern: RegExp): (model: ModelListing) => "own" | false {
  return (model) =>
    namesOf(transformerFolder(model)).some((name) => pattern.test(lastPart(name))) && "own";
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== "") ?? "";
}
