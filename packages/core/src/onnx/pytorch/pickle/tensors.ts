import { shorten } from "../../../errors.ts";
import { maxRank } from "../../checkpoint/entry.ts";
import { unserved, unsound } from "../flaw.ts";
import { Dict, Global, Storage, Tensor, Tuple, kindOf, kindsOf } from "./values.ts";
import type { Value } from "./values.ts";

/** The types of storages whose tensors are listed, by safetensors' names. */
export const storageTypes: ReadonlyMap<string, string> = new Map([
  ["torch.DoubleStorage", "F64"],
  ["torch.FloatStorage", "F32"],
  ["torch.HalfStorage", "F16"],
  ["torch.BFloat16Storage", "BF16"],
  ["torch.LongStorage", "I64"],
  ["torch.IntStorage", "I32"],
  ["torch.ShortStorage", "I16"],
  ["torch.CharStorage", "I8"],
  ["torch.ByteStorage", "U8"],
  ["torch.BoolStorage", "BOOL"],
  ["torch.ComplexFloatStorage", "C64"],
]);

/** The storage that `("storage", type, key, device, elements)` names, as `torch.save` writes it. */
export function storageOf(id: Value): Storage {
  const [what, type, key, , elements, ...more] = id instanceof Tuple ? id.items : [];
  const dtype = type instanceof Global ? storageTypes.get(type.name) : undefined;
  const isSound = what === "storage" && typeof key === "string" && isCount(elements);
  if (!isSound || dtype === undefined || more.length > 0) {
    throw unsound(`has a pickle that refers to ${kindOf(id)}, which is no storage of tensors`);
  }
  return new Storage({ key, dtype, elements });
}

/** `torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks, metadata?)`. */
export function tensorOf({ items }: Tuple): Tensor {
  const [storage, offset, shape, strides, , , metadata = null] = items;
  const isView =
    storage instanceof Storage && isCount(offset) && isCounts(shape) && isCounts(strides);
  if (!isView || items.length < 6 || items.length > 7) {
    throw unsound(`has a pickle with a tensor of ${kindsOf(items)}`);
  }
  if (shape.items.length !== strides.items.length) {
    throw unsound(`has a tensor of ${shape.items.length} dims and ${strides.items.length} strides`);
  }
  // Bits that say that a view is negated or conjugated.
  if (metadata !== null && !(metadata instanceof Dict && metadata.entries.size === 0)) {
    throw unserved(
      `has a tensor in storage "${shorten(storage.facts.key, 80)}" that is computed from it when it is read`,
    );
  }
  return new Tensor({ storage: storage.facts, offset, shape: shape.items, strides: strides.items });
}

/** `torch._utils._rebuild_parameter(tensor, requires_grad, hooks)`: the tensor. */
export function parameterOf({ items }: Tuple): Tensor {
  const [tensor] = items;
  if (tensor instanceof Tensor && items.length === 3) return tensor;
  throw unsound(`has a pickle with a parameter of ${kindsOf(items)}`);
}

function isCount(value: Value | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCounts(
  value: Value | undefined,
): value is Tuple & { readonly items: readonly number[] } {
  return value instanceof Tuple && value.items.length <= maxRank && value.items.every(isCount);
}
