import type { Kernel, ModelInfo } from "@kindred/core";
import type { Figures } from "./figures.ts";

/** A figure of a model. undefined: the model has none. */
type Figure = (model: ModelInfo) => number | undefined;

const gauges: Readonly<Record<string, readonly [help: string, figure: Figure]>> = {
  model_ready: [
    "1 for a model that can be asked, 0 for one that loads or failed.",
    ({ state }) => Number(state === "ready"),
  ],
  queue_size: ["Requests in a model's queue.", ({ waiting }) => waiting],
  model_memory_bytes: ["Bytes of its device that a model holds.", ({ memory }) => memory?.leased],
  model_open_graphs: [
    "Graphs of a model that are in memory.",
    ({ graphs }) => graphs?.filter(({ open }) => open).length,
  ],
};

/** Gauges of each launched model, as it is when they are asked for. */
export function modelGauges(figures: Figures, kernel: Kernel): void {
  for (const [name, [help, figure]] of Object.entries(gauges)) {
    figures.gauge(name, help, ["model"], (gauge) => {
      for (const model of kernel.models()) {
        const value = figure(model);
        if (value !== undefined) gauge.set({ model: model.id }, value);
      }
    });
  }
}
