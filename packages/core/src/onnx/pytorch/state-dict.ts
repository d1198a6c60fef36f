import { shorten } from "../../errors.ts";
import { maxNameLength } from "../checkpoint/entry.ts";
import { unserved, unsound } from "./flaw.ts";
import { Dict, Tensor, kindOf } from "./pickle/values.ts";
import type { TensorFacts, Value } from "./pickle/values.ts";

/** Tensors of one file. A header of safetensors has as many at most. */
const maxTensors = 25_000;

/** Names that a message has of a dict without tensors. */
const maxNamed = 10;

/**
 * Names under which trainers nest the dict of tensors: PyTorch Lightning's, and basicsr's, whose averaged weights are the ones to use.
 * The first that a file has counts.
 */
const nestings = ["state_dict", "params_ema", "params"];

/**
 * The tensors of a state dict by name: those of the dict itself, or of the one that a trainer nested in it. Other values beside
 * them, such as a count of steps, are no tensors and left out.
 */
export function tensorsOf(saved: Value): ReadonlyMap<string, TensorFacts> {
  if (!(saved instanceof Dict)) {
    throw unserved(`holds ${kindOf(saved)}, and not a dict of tensors by name`);
  }
  const nested = nestings.map((name) => saved.entries.get(name));
  const { entries } = nested.find((value) => value instanceof Dict) ?? saved;
  const tensors = new Map<string, TensorFacts>();
  for (const [name, value] of entries) {
    if (value instanceof Tensor) tensors.set(checkName(name), value.facts);
  }
  if (tensors.size === 0) throw empty([...entries.keys()]);
  if (tensors.size > maxTensors) {
    throw unserved(`holds ${tensors.size} tensors; at most ${maxTensors} are read`);
  }
  return tensors;
}

function checkName(name: Value): string {
  if (typeof name !== "string") throw unserved(`has ${kindOf(name)} as a tensor's name`);
  if (name.length <= maxNameLength) return name;
  throw unsound(
    `has the name "${shorten(name, 80)}" of ${name.length} characters; at most ${maxNameLength} are read`,
  );
}

function empty(names: readonly Value[]): Error {
  const named = names
    .slice(0, maxNamed)
    .map((name) => (typeof name === "string" ? `"${shorten(name, 40)}"` : kindOf(name)));
  return unserved(
    `holds no tensors by name in its dict of ${names.length}${named.length > 0 ? `: ${named.join(", ")}` : ""}`,
  );
}
