import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { openSafetensors } from "@kindred/core/onnx";
import { code, dict, pickle, tensor } from "./pickle.ts";
import type { Code } from "./pickle.ts";
import { entriesOf, zip } from "./torch-file.ts";

const types: Readonly<Record<string, string>> = {
  F32: "FloatStorage",
  F16: "HalfStorage",
  BF16: "BFloat16Storage",
  I64: "LongStorage",
};

export interface AsPytorchOptions {
  /** The dict that is saved, around the state dict. Default: the state dict itself. */
  readonly around?: (stateDict: Code) => Code;
}

/** Writes the tensors of a .safetensors file to a file as torch.save lays it out, each in a storage of its own. */
export async function asPytorch(
  source: string,
  target: string,
  { around = (stateDict) => stateDict }: AsPytorchOptions = {},
): Promise<void> {
  const bytes = await readFile(source);
  const weights = await openSafetensors(dirname(source), basename(source));
  const named = weights.names.map(
    (name, index) => [name, String(index), weights.get(name)!] as const,
  );
  const stateDict = named.map(([name, key, { dtype, shape }]): [string, Code] => {
    const elements = shape.reduce((product, dim) => product * dim, 1);
    return [name, tensor({ key, type: types[dtype]!, elements, shape })];
  });
  const storages = named.map(([, key, { offset, length }]) => [
    key,
    bytes.subarray(offset, offset + length),
  ]);
  const saved = pickle(around(dict(stateDict)));
  await writeFile(target, zip(entriesOf(saved, Object.fromEntries(storages))));
}

/** What a trainer notes around a state dict: `{"epoch": 3, "callbacks": {ModelCheckpoint: {}}, "state_dict": …}`. */
export function trained(stateDict: Code): Code {
  const callback = code("cpytorch_lightning.callbacks.model_checkpoint\nModelCheckpoint\n}s");
  return dict({
    epoch: code("K\x03"),
    callbacks: Buffer.concat([code("}"), callback]),
    state_dict: stateDict,
  });
}
