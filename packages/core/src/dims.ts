import type { Dims, Tensor } from "./graph.ts";

export function dimsOf(feeds: Readonly<Record<string, Tensor>>): Dims {
  return Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
}
