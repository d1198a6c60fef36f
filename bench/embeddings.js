/**
 * Measures texts a second on a fixed corpus of mixed lengths, for Kindred, @huggingface/transformers, fastembed and
 * sentence-transformers. All have the same weights and run one after the other in every round. Then measures one text's latency, the start, and memory.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { corpus } from "./corpus.js";
import { exportOnnx, geometries, modelFolder } from "./model-folder.js";
import { measureLatency } from "./latency.js";
import { machine } from "./machine.js";
import { measureStart } from "./start-up.js";
import { measureThroughput } from "./throughput.js";
import { tokenCounts } from "./tokenize.js";
import { print } from "./table.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    /** Measures Kindred only. */
    alone: { type: "boolean", default: false },
    /** A name in `geometries`. */
    geometry: { type: "string", default: "bge-small-en-v1.5" },
  },
});

const config = geometries[values.geometry];
const folder = await modelFolder(values.geometry);
if (!values.alone) await exportOnnx(folder);
const texts = corpus();
const lengths = await tokenCounts(texts, folder);

const results = {
  machine: machine(),
  geometry: values.geometry,
  corpus: {
    texts: texts.length,
    tokens: lengths.reduce((sum, length) => sum + length),
    longest: Math.max(...lengths),
  },
  ...(await measureThroughput({
    folder,
    texts,
    lengths,
    config,
    rounds: Number(values.rounds),
    peers: !values.alone,
  })),
  latency: await measureLatency(folder, texts, lengths),
  start: await measureStart(folder, texts[0]),
};
print(results);
const file = new URL(`results/embeddings-${Date.now()}.json`, import.meta.url);
await mkdir(new URL(".", file), { recursive: true });
await writeFile(file, JSON.stringify(results, null, 2));
