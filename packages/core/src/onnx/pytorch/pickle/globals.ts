import { shorten } from "../../../errors.ts";
import { unserved, unsound } from "../flaw.ts";
import { parameterOf, storageTypes, tensorOf } from "./tensors.ts";
import { Dict, Global, Tuple, kindOf, kindsOf } from "./values.ts";
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

/** The name of Python that a pickle asks for. Each that is no tensor's is refused by name. */
export function globalOf(module: Value, name: Value): Global {
  if (typeof module !== "string" || typeof name !== "string") {
    throw unsound(`has a pickle that asks for ${kindOf(name)} of ${kindOf(module)} by name`);
  }
  const full = `${module}.${name}`;
  // A dot in a name would be an attribute's: "torch" has "_utils._rebuild_tensor_v2", too.
  const isKnown = !name.includes(".") && (callable.has(full) || storageTypes.has(full));
  if (isKnown) return new Global(full);
  throw refused(`asks for ${shorten(printable(full), 120)}`);
}

/** The value that a call describes. */
export function call(callee: Value, args: Value): Value {
  const describe = callee instanceof Global ? callable.get(callee.name) : undefined;
  if (describe && args instanceof Tuple) return describe(args);
  throw unsound(`has a pickle that calls ${kindOf(callee)} with ${kindOf(args)}`);
}

/** The refusal of what no tensor needs. */
export function refused(clause: string): Error {
  return unserved(`${clause}, which is not a tensor's; the file is not read further`);
}

function emptyDict({ items }: Tuple): Dict {
  if (items.length === 0) return new Dict(true);
  throw unsound(`has a pickle with an OrderedDict of ${kindsOf(items)}`);
}

/** Without line breaks and quotes, which would end the message. */
function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
