import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ModelFamily } from "../family.ts";
import type { GraphSource, Tensor } from "../graph.ts";
import { graph, linear, openSafetensors } from "../onnx/index.ts";
import type { Weights } from "../onnx/index.ts";
import type { Plugin } from "../plugin.ts";
import type { Task } from "../task.ts";
import { synthesize } from "./synthetic.ts";

/** Numbers in, numbers out: as many of each as the model's width. */
export const relayTask: Task<Float32Array, Float32Array> = { name: "relay" };

const legs = ["first", "second", "third"];

/** Three graphs that run one after the other, as the components of an image model do. Tests of memory use it. */
const family: ModelFamily<typeof relayTask> = {
  name: "relay",
  task: relayTask,
  match: (model) => model.json("config.json")?.model_type === "relay" && "own",

  async load(context) {
    const { width } = context.model.json("config.json");
    const weights = await openSafetensors(context.model.path, "model.safetensors");
    const graphs = legs.map((name) => context.graph(leg(name, weights, width)));
    return {
      async run(input, { signal }) {
        let x: Tensor = { type: "float32", dims: [1, width], data: input };
        for (const each of graphs) x = (await each.run({ x }, ["y"], signal)).y;
        return x.data as Float32Array;
      },
    };
  },
};

export function relay(): Plugin {
  return { contract: 1, name: "relay", families: [family] };
}

/** Writes a relay's folder; each of its three graphs has 4 · width² bytes of weights. */
export async function writeRelay(folder: string, width: number): Promise<void> {
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "relay", width }));
  await synthesize({
    file: join(folder, "model.safetensors"),
    build: (weights) => legs.map((name) => leg(name, weights, width)),
  });
}

function leg(name: string, weights: Weights, width: number): GraphSource {
  const g = graph(name, weights);
  const x = g.input("x", "float32", ["rows", width]);
  return g.output("y", linear(g.at(name), x, width, width)).build();
}
