import { shorten } from "../../../errors.ts";
import { unserved, unsound } from "../flaw.ts";
import type { PickleBytes } from "./bytes.ts";
import { call, globalOf } from "./globals.ts";
import type { Stack } from "./stack.ts";
import { storageOf } from "./tensors.ts";
import { Dict, List, Tuple, kindOf } from "./values.ts";
import type { Value } from "./values.ts";

/** What an opcode does: it reads its argument, and changes the stack or the memo. */
type Step = (stack: Stack, bytes: PickleBytes) => void;

export const stop = 0x2e;

/**
 * The opcodes with which `torch.save` writes tensors, by their bytes. Names as in Python's `pickletools`. Nothing else is known: INST,
 * OBJ, NEWOBJ and EXT make objects of other classes.
 */
export const opcodes: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, (_, bytes) => checkProtocol(bytes.uint8())],
  // FRAME: the length of what follows, which is in memory already.
  [0x95, (_, bytes) => void bytes.uint64()],

  [0x4e, push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],
  [0x4b, push((bytes) => bytes.uint8())],
  [0x4d, push((bytes) => bytes.uint16())],
  [0x4a, push((bytes) => bytes.int32())],
  [0x8a, push((bytes) => bytes.integer(bytes.uint8()))],
  [0x47, push((bytes) => bytes.float64())],
  [0x8c, push((bytes) => bytes.text(bytes.uint8()))],
  [0x58, push((bytes) => bytes.text(bytes.uint32()))],
  [0x8d, push((bytes) => bytes.text(bytes.uint64()))],

  [0x28, (stack) => stack.mark()],
  [0x29, push(() => new Tuple([]))],
  [0x85, (stack) => stack.push(new Tuple(stack.popMany(1)))],
  [0x86, (stack) => stack.push(new Tuple(stack.popMany(2)))],
  [0x87, (stack) => stack.push(new Tuple(stack.popMany(3)))],
  [0x74, (stack) => stack.push(new Tuple(stack.popToMark()))],
  [0x5d, push(() => new List())],
  [0x61, (stack) => append(stack, stack.popMany(1))],
  [0x65, (stack) => append(stack, stack.popToMark())],
  [0x7d, push(() => new Dict(false))],
  [0x73, (stack) => setItems(stack, stack.popMany(2))],
  [0x75, (stack) => setItems(stack, stack.popToMark())],

  [0x71, (stack, bytes) => stack.memoize(bytes.uint8())],
  [0x72, (stack, bytes) => stack.memoize(bytes.uint32())],
  [0x94, (stack) => stack.memoize()],
  [0x68, (stack, bytes) => stack.recall(bytes.uint8())],
  [0x6a, (stack, bytes) => stack.recall(bytes.uint32())],

  [0x63, push((bytes) => globalOf(bytes.line(), bytes.line()))],
  [0x93, (stack) => stack.push(globalOf(...two(stack)))],
  [0x51, (stack) => stack.push(storageOf(stack.pop()))],
  [0x52, (stack) => stack.push(call(...two(stack)))],
  [0x62, build],
]);

function push(value: (bytes: PickleBytes) => Value): Step {
  return (stack, bytes) => stack.push(value(bytes));
}

function two(stack: Stack): [Value, Value] {
  const second = stack.pop();
  return [stack.pop(), second];
}

function checkProtocol(protocol: number): void {
  if (protocol >= 2 && protocol <= 5) return;
  throw unserved(`has a pickle of protocol ${protocol}; 2 to 5 are read`);
}

function append(stack: Stack, items: readonly Value[]): void {
  const list = stack.top();
  if (list instanceof List) return;
  throw unsound(`has a pickle that appends ${items.length} values to ${kindOf(list)}`);
}

function setItems(stack: Stack, items: readonly Value[]): void {
  const dict = stack.top();
  if (!(dict instanceof Dict) || items.length % 2 === 1) {
    throw unsound(`has a pickle that gives ${items.length} names and values to ${kindOf(dict)}`);
  }
  for (let index = 0; index < items.length; index += 2) {
    const name = items[index]!;
    if (dict.entries.has(name)) {
      const told = typeof name === "string" ? `"${shorten(name, 80)}"` : kindOf(name);
      throw unsound(`has ${told} twice in one dict of its pickle`);
    }
    dict.set(name, items[index + 1]!);
  }
}

/** BUILD: the attributes of an OrderedDict, where modules note their versions. They are not kept. */
function build(stack: Stack): void {
  const [object, state] = two(stack);
  if (!(object instanceof Dict && object.ordered && state instanceof Dict)) {
    throw unsound(`has a pickle that sets attributes of ${kindOf(object)} by ${kindOf(state)}`);
  }
  stack.push(object);
}
