import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Splits `STEM.safetensors` into two shards and an index, as `save_pretrained` writes them. */
export async function shard(folder: string, stem: string): Promise<void> {
  const whole = join(folder, `${stem}.safetensors`);
  const bytes = await readFile(whole);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: _, ...tensors } = JSON.parse(bytes.toString("utf8", 8, end));
  const all = Object.entries<Stored>(tensors);
  const half = Math.ceil(all.length / 2);
  const map: Record<string, string> = {};
  for (const [i, part] of [all.slice(0, half), all.slice(half)].entries()) {
    const file = `${stem}-0000${i + 1}-of-00002.safetensors`;
    for (const [name] of part) map[name] = file;
    await writeFile(join(folder, file), safetensors(part, bytes.subarray(end)));
  }
  await writeFile(
    join(folder, `${stem}.safetensors.index.json`),
    JSON.stringify({ metadata: {}, weight_map: map }),
  );
  await rm(whole);
}

function safetensors(tensors: readonly (readonly [string, Stored])[], data: Buffer): Buffer {
  let offset = 0;
  const header = tensors.map(([name, tensor]) => {
    const [from, to] = tensor.data_offsets;
    const data_offsets = [offset, (offset += to - from)];
    return [name, { ...tensor, data_offsets }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const parts = tensors.map(([, { data_offsets }]) => data.subarray(...data_offsets));
  return Buffer.concat([length, text, ...parts]);
}
