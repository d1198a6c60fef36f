import { maxJsonBytes } from "../../../shared/model-json.ts";
import { unserved } from "../flaw.ts";
import type { Reading } from "../reading.ts";
import { PickleBytes } from "./bytes.ts";
import { opcodes, stop } from "./opcodes.ts";
import { refusedOpcode } from "./refused-opcodes.ts";
import { Stack } from "./stack.ts";
import type { Value } from "./values.ts";

/** Bytes of a pickle that is read. The one of Stable Diffusion XL's UNet has 300 kB. */
export const maxPickleBytes: number = maxJsonBytes;

/** A tensor takes some forty. */
const maxOpcodes = 1_000_000;

/** Opcodes read before the caller may pause. */
const stretch = 2000;

/**
 * The value that a pickle describes. It is read by a closed table of opcodes, which make numbers, texts, containers and
 * descriptions of tensors: nothing of it is run, imported or looked up. Format: Python's `Lib/pickletools.py`.
 */
export function* unpickle(pickle: Buffer): Reading<Value> {
  const bytes = new PickleBytes(pickle);
  const stack = new Stack();
  for (let count = 0; count < maxOpcodes; count++) {
    if (count % stretch === 0) yield undefined;
    const code = bytes.uint8();
    if (code === stop) return stack.result();
    const step = opcodes.get(code);
    if (!step) throw refusedOpcode(code, bytes);
    step(stack, bytes);
  }
  throw unserved(`has a pickle of more than ${maxOpcodes} opcodes`);
}
