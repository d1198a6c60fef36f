import { shorten } from "../../../errors.ts";
import { unserved, unsound } from "../flaw.ts";
import type { PickleBytes } from "./bytes.ts";
import { call, globalOf } from "./globals.ts";
import type { Stack } from "./stack.ts";
import { storageOf } from "./tensors.ts";
import { Bystander, Dict, List, Tuple, kindOf } from "./values.ts";
import type { Value } from "./values.ts";

/** What an opcode does: it reads its argument, and changes the stack or the memo. */
type Step = (stack: Stack, bytes: PickleBytes) => void;

export const stop = 0x2e;

/**
 * The opcodes with which `torch.save` writes tensors, by their bytes and Python's names. Nothing else is known: INST, OBJ,
 * NEWOBJ and EXT make objects of other classes.
 */
export const opcodes: ReadonlyMap<number, Step> = new Map<number, Step>([
  [0x80, (_, bytes) => checkProtocol(bytes.uint8())], // PROTO
  [0x95, (_, bytes) => void bytes.uint64()], // FRAME: the length of what follows, which is in memory already

  [0x4e, push(() => null)], // NONE
  [0x88, push(() => true)], // NEWTRUE
  [0x89, push(() => false)], // NEWFALSE
  [0x4b, push((bytes) => bytes.uint8())], // BININT1
  [0x4d, push((bytes) => bytes.uint16())], // BININT2
  [0x4a, push((bytes) => bytes.int32())], // BININT
  [0x8a, push((bytes) => bytes.integer(bytes.uint8()))], // LONG1
  [0x47, push((bytes) => bytes.float64())], // BINFLOAT
  [0x8c, push((bytes) => bytes.text(bytes.uint8()))], // SHORT_BINUNICODE
  [0x58, push((bytes) => bytes.text(bytes.uint32()))], // BINUNICODE
  [0x8d, push((bytes) => bytes.text(bytes.uint64()))], // BINUNICODE8

  [0x28, (stack) => stack.mark()], // MARK
  [0x29, push(() => new Tuple([]))], // EMPTY_TUPLE
  [0x85, (stack) => stack.push(new Tuple(stack.popMany(1)))], // TUPLE1
  [0x86, (stack) => stack.push(new Tuple(stack.popMany(2)))], // TUPLE2
  [0x87, (stack) => stack.push(new Tuple(stack.popMany(3)))], // TUPLE3
  [0x74, (stack) => stack.push(new Tuple(stack.popToMark()))], // TUPLE
  [0x5d, push(() => new List())], // EMPTY_LIST
  [0x61, (stack) => append(stack, stack.popMany(1))], // APPEND
  [0x65, (stack) => append(stack, stack.popToMark())], // APPENDS
  [0x7d, push(() => new Dict(false))], // EMPTY_DICT
  [0x73, (stack) => setItems(stack, stack.popMany(2))], // SETITEM
  [0x75, (stack) => setItems(stack, stack.popToMark())], // SETITEMS

  [0x71, (stack, bytes) => stack.memoize(bytes.uint8())], // BINPUT
  [0x72, (stack, bytes) => stack.memoize(bytes.uint32())], // LONG_BINPUT
  [0x94, (stack) => stack.memoize()], // MEMOIZE
  [0x68, (stack, bytes) => stack.recall(bytes.uint8())], // BINGET
  [0x6a, (stack, bytes) => stack.recall(bytes.uint32())], // LONG_BINGET

  [0x63, push((bytes) => globalOf(bytes.line(), bytes.line()))], // GLOBAL
  [0x93, (stack) => stack.push(globalOf(...two(stack)))], // STACK_GLOBAL
  [0x51, (stack) => stack.push(storageOf(stack.pop()))], // BINPERSID
  [0x52, (stack) => stack.push(call(...two(stack)))], // REDUCE
  [0x62, build], // BUILD
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

/** BUILD: the attributes of an OrderedDict, where modules note their versions, or the state of a bystander. They are not kept. */
function build(stack: Stack): void {
  const [object, state] = two(stack);
  const isNoted = object instanceof Dict && object.ordered && state instanceof Dict;
  if (!isNoted && !(object instanceof Bystander)) {
    throw unsound(`has a pickle that sets attributes of ${kindOf(object)} by ${kindOf(state)}`);
  }
  stack.push(object);
}
