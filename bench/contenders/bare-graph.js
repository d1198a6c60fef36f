import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSafetensors } from "@kindred/core/onnx";
import { bert } from "@kindred/text-encoders";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { pooled } from "../../packages/plugin-embedding/dist/graphs/pooling.js";

/** Kindred's graph in onnxruntime, with Kindred's session options and no other code of Kindred: ids in, vectors out. */
export async function open(folder) {
  const config = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
  const weights = await openSafetensors(folder, "model.safetensors");
  const graph = bert.graph(config, weights, pooled({ modes: ["cls"], normalize: true }));
  const session = await InferenceSession.create(graph.model, {
    intraOpNumThreads: 2,
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        model_external_initializers_file_folder_path: graph.folder,
        intra_op: { allow_spinning: "1", spin_duration_us: "20" },
      },
    },
  });
  return {
    async one(length) {
      const ids = BigInt64Array.from({ length }, (_, i) => BigInt(200 + ((i * 7919) % 30_000)));
      const mask = new BigInt64Array(length).fill(1n);
      await session.run({
        input_ids: new Tensor("int64", ids, [1, length]),
        attention_mask: new Tensor("int64", mask, [1, length]),
      });
    },
  };
}
