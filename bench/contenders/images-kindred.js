import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { budgetAllocator, processRuntime } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { graphInPrecision, QuantizedStore } from "@kindred/core/precision";
import { components } from "../images-components.js";

const store = new QuantizedStore({
  folder: fileURLToPath(new URL("../.cache/quantized", import.meta.url)),
});
const context = {
  get: () => store,
  signal: new AbortController().signal,
  onEvent() {},
  use: (resource) => resource,
};

/** Kindred's graph of a component in a precision, in Kindred's runtime, which gives it a process of its own. */
export async function open(folder, { component, precision = "float32" }) {
  const { directory, file, graphs, output, feeds } = components[component];
  const config = JSON.parse(await readFile(join(folder, directory, "config.json"), "utf8"));
  const weights = await openSafetensors(join(folder, directory), file);
  const build = (held) => graphs[0](config, held);
  // As the plugin has it: rows of UNets share a scale, tokens of transformers have their own.
  const rounding = directory === "unet" ? "run" : "row";
  const source = await graphInPrecision(context, precision, weights, build, rounding);
  const allocator = budgetAllocator();
  const lease = allocator.acquire(allocator.devices[0], source.peakBytes);
  const graph = await processRuntime().open(source, lease);
  const one = async () => (await graph.run(feeds(), [output]))[output];
  return {
    one,
    values: async (every) => (await one()).data.filter((_, i) => i % every === 0),
  };
}
