import { shorten } from "../../../errors.ts";
import { Flaw, unsound } from "../flaw.ts";
import { parameterOf, storageTypes, tensorOf } from "./tensors.ts";
import { Bystander, Dict, Global, Tuple, kindOf, kindsOf } from "./values.ts";
import type { Value } from "./values.ts";

/** The functions and classes that a pickle of tensors calls, and what a call describes. Nothing else is called. */
const callable: ReadonlyMap<string, (args: Tuple) => Value> = new Map<
  string,
  (args: Tuple) => Value
>([
  ["collections.OrderedDict", emptyDict],
  ["torch._utils._rebuild_tensor_v2", tensorOf],
  ["torch._utils._rebuild_parameter", parameterOf],
]);

/**
 * Names that published checkpoints of Stable Diffusion ask for beside their tensors: a callback of PyTorch Lightning and numbers of
 * numpy. Nothing is made of them.
 */
const bystanders: ReadonlySet<string> = new Set([
  "pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint",
  "numpy.core.multiarray.scalar",
  "numpy._core.multiarray.scalar",
  "numpy.dtype",
  "_codecs.encode",
]);

/** The name of Python that a pickle asks for. Each that is no tensor's is refused by name. */
export function globalOf(module: Value, name: Value): Global {
  if (typeof module !== "string" || typeof name !== "string") {
    throw unsound(`has a pickle that asks for ${kindOf(name)} of ${kindOf(module)} by name`);
  }
  const full = `${module}.${name}`;
  // A dot in a name would be an attribute's: "torch" has "_utils._rebuild_tensor_v2", too.
  const known = [callable, storageTypes, bystanders].some((names) => names.has(full));
  if (known && !name.includes(".")) return new Global(full);
  throw refused(`asks for ${shorten(printable(full), 120)}`);
}

/** The value that a call describes. */
export function call(callee: Value, args: Value): Value {
  const describe = callee instanceof Global ? callable.get(callee.name) : undefined;
  if (describe && args instanceof Tuple) return describe(args);
  if (callee instanceof Global && bystanders.has(callee.name)) return new Bystander();
  throw unsound(`has a pickle that calls ${kindOf(callee)} with ${kindOf(args)}`);
}

/** The refusal of what no tensor needs. Its advice does not send anyone to run it. */
export function refused(clause: string): Error {
  return new Flaw(
    `${clause}, which is not a tensor's; the file is not read further`,
    "Fetch the model's .safetensors files. If you trust who wrote this one, load it with PyTorch and save it as safetensors.",
  );
}

function emptyDict({ items }: Tuple): Dict {
  if (items.length === 0) return new Dict(true);
  throw unsound(`has a pickle with an OrderedDict of ${kindsOf(items)}`);
}

/** Without line breaks and quotes, which would end the message. */
function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
