import type { Graph } from "@kindred/core";
import type { Encoder } from "./encoder.ts";
import { padded } from "./padding.ts";
import { rowsOf } from "./vectors.ts";

/** Of a graph of ours, which pools and normalises by itself. */
export function builtEncoder(graph: Graph): Encoder {
  return async (items, signal) => {
    const { embedding } = await graph.run(padded(items), ["embedding"], signal);
    return rowsOf(embedding);
  };
}
