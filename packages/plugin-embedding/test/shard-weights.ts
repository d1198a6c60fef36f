import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Lays the weights of a .safetensors file out in two shards and an index, as transformers saves large models. */
export async function shardWeights(path: string): Promise<void> {
  const bytes = await readFile(path);
  const end = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__, ...tensors } = JSON.parse(bytes.toString("utf8", 8, end));
  const names = Object.keys(tensors);
  const weight_map: Record<string, string> = {};
  for (const shard of [1, 2]) {
    const file = `model-0000${shard}-of-00002.safetensors`;
    const header: Record<string, unknown> = { __metadata__ };
    const parts: Uint8Array[] = [];
    let offset = 0;
    for (const name of names.filter((_, i) => i % 2 === shard - 1)) {
      const { data_offsets, ...tensor } = tensors[name];
      const part = bytes.subarray(end + data_offsets[0], end + data_offsets[1]);
      header[name] = { ...tensor, data_offsets: [offset, offset + part.length] };
      weight_map[name] = file;
      offset += part.length;
      parts.push(part);
    }
    const text = JSON.stringify(header);
    const length = Buffer.alloc(8);
    const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
    length.writeBigUInt64LE(BigInt(padded.length));
    await writeFile(join(dirname(path), file), Buffer.concat([length, padded, ...parts]));
  }
  await writeFile(`${path}.index.json`, JSON.stringify({ metadata: {}, weight_map }));
  await rm(path);
}
