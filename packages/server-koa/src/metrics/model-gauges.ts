import type { Kernel, ModelInfo } from "@kindred/core";
import { Gauge } from "prom-client";
import type { Registry } from "prom-client";

/** A figure of a model. undefined: the model has none. */
type Figure = (model: ModelInfo) => number | undefined;

const figures: Readonly<Record<string, readonly [help: string, figure: Figure]>> = {
  kindred_model_ready: [
    "1 for a model that can be asked, 0 for one that loads or failed.",
    ({ state }) => Number(state === "ready"),
  ],
  kindred_model_waiting: ["Requests in a model's queue.", ({ waiting }) => waiting],
  kindred_model_memory_bytes: [
    "Bytes of its device that a model holds.",
    ({ memory }) => memory?.leased,
  ],
  kindred_model_open_graphs: [
    "Graphs of a model that are in memory.",
    ({ graphs }) => graphs?.filter(({ open }) => open).length,
  ],
};

/** Gauges of each launched model, as it is when they are asked for. */
export function modelGauges(register: Registry, kernel: Kernel): void {
  for (const [name, [help, figure]] of Object.entries(figures)) {
    const gauge: Gauge<"model"> = new Gauge({
      name,
      help,
      labelNames: ["model"],
      registers: [register],
      collect() {
        gauge.reset();
        for (const model of kernel.models()) {
          const value = figure(model);
          if (value !== undefined) gauge.set({ model: model.id }, value);
        }
      },
    });
  }
}
