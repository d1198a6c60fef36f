import { openSafetensors } from "@kindred/core/onnx";
import { batchOf, jinaBert, rowsOf, tokenTypesOf } from "@kindred/text-encoders";
import type { EncoderOptions } from "@kindred/text-encoders";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { pooled } from "../src/graphs/pooling.ts";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";
import { read } from "./golden.ts";

export interface JinaGraph extends AsyncDisposable {
  /** The vectors of token ids, special tokens included, all in one run. `type` is each token's, for a graph of pairs. */
  embed(rows: readonly (readonly number[])[], type?: 0 | 1): Promise<readonly Float32Array[]>;
}

/** Changes a graph's bytes in place. */
export type Mistake = (model: Buffer) => void;

/** The graph of a fixture of JinaBERT, without a kernel, which would choose the texts of a run. */
export async function jinaGraph(
  name: string,
  options: FixtureOptions & EncoderOptions & { readonly mistake?: Mistake | undefined } = {},
): Promise<JinaGraph> {
  const folder = await fixture(name, options);
  const weights = await openSafetensors(folder.path, "model.safetensors");
  const config = read(`fixtures/${name}/config.json`);
  const head = pooled({ modes: ["mean"], normalize: true });
  const model = Buffer.from(jinaBert.graph(config, weights, head, options).model);
  options.mistake?.(model);
  const session = await InferenceSession.create(model, {
    extra: { session: { model_external_initializers_file_folder_path: folder.path } },
  });
  return {
    async embed(texts, type = 0) {
      const rows = texts.map((ids) => ({
        ids: Int32Array.from(ids),
        typeIds: new Int32Array(ids.length).fill(type),
      }));
      const pairs = options.pairs && { token_type_ids: tokenTypesOf(rows) };
      const feeds = Object.entries({ ...batchOf(rows), ...pairs }).map(
        ([name, { type, data, dims }]) => [name, new Tensor(type, data, dims)],
      );
      const { embedding } = await session.run(Object.fromEntries(feeds));
      const { data, dims } = embedding!;
      return rowsOf({ type: "float32", data: data as Float32Array, dims });
    },
    async [Symbol.asyncDispose]() {
      await session.release();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Makes other slopes of those that the graph has, in all layers. */
export function otherSlopes(
  slopes: readonly number[],
  change: (slope: number, head: number) => number,
): Mistake {
  return (model) => {
    const [old, changed] = [slopes, slopes.map(change)].map((numbers) =>
      Buffer.from(Float32Array.from(numbers).buffer),
    );
    const at = model.indexOf(old!);
    if (at < 0) throw new Error("The graph has other slopes.");
    changed!.copy(model, at);
  };
}

/** Has each tile begin where the first one does: its index is divided by the length of tiles, where it was multiplied. */
export const firstTileForAll: Mistake = (model) => {
  // A node's bytes: inputs, of which the loop's index is the first, output and name, and then its operator.
  const nodes = model.toString("latin1").matchAll(/\/0\n[^]{0,160}?"[^]Mul/g);
  let found = 0;
  for (const {
    index,
    0: { length },
  } of nodes) {
    model.write("Div", index + length - 3, "latin1");
    found++;
  }
  if (found === 0) throw new Error("The graph has no tiles.");
};
