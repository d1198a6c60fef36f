import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { budgetAllocator, processRuntime } from "@kindred/core";
import { openSafetensors } from "@kindred/core/onnx";
import { components } from "../images-components.js";

/** Kindred's graph of a component, in Kindred's runtime, which gives it a process of its own. */
export async function open(folder, { component }) {
  const { directory, file, graphs, output, feeds } = components[component];
  const config = JSON.parse(await readFile(join(folder, directory, "config.json"), "utf8"));
  const source = graphs[0](config, await openSafetensors(join(folder, directory), file));
  const allocator = budgetAllocator();
  const lease = allocator.acquire(allocator.devices[0], source.peakBytes);
  const graph = await processRuntime().open(source, lease);
  const one = async () => (await graph.run(feeds(), [output]))[output];
  return {
    one,
    values: async (every) => (await one()).data.filter((_, i) => i % every === 0),
  };
}
