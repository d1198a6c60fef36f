import type { PickleBytes } from "./bytes.ts";
import { refused } from "./globals.ts";

/** Names of opcodes that make other things than tensors, by their bytes. */
const names: ReadonlyMap<number, string> = new Map([
  [0x6f, "OBJ"],
  [0x81, "NEWOBJ"],
  [0x92, "NEWOBJ_EX"],
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
  [0x50, "PERSID"],
  [0x8f, "EMPTY_SET"],
]);

const inst = 0x69;

/** The refusal of an opcode that is not known. */
export function refusedOpcode(code: number, bytes: PickleBytes): Error {
  if (code === inst) return refused(`makes an object of ${bytes.line()}.${bytes.line()}`);
  const name = names.get(code);
  return refused(`has the opcode ${name ? `${name} ` : ""}0x${code.toString(16)}`);
}
