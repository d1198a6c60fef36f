import type { GraphSource, LoadContext } from "@kindred/core";
import type { DiffusionOptions } from "../request/launch-options.ts";

/** The same load, while `heard` hears of the graphs that it declares. */
export function heardGraphs(
  context: LoadContext<DiffusionOptions>,
  heard: (source: GraphSource) => void,
): LoadContext<DiffusionOptions> {
  const { attach, checkpoint, device, get, model, onEvent, options, shortage, signal, use } =
    context;
  const own = { attach, device, get, model, onEvent, options, shortage, signal, use };
  return {
    ...own,
    ...(checkpoint && { checkpoint }),
    graph(source) {
      heard(source);
      return context.graph(source);
    },
  };
}
