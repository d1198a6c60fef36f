import type { Kernel } from "@kindred/core";
import type { Figures } from "./figures.ts";

/** The memory of each device, and what models hold of it. */
export function deviceGauges(figures: Figures, kernel: Kernel): void {
  figures.gauge(
    "device_memory_bytes",
    "Bytes of a device that models may take.",
    ["device"],
    (gauge) => {
      for (const { id: device, bytes } of kernel.devices) gauge.set({ device }, bytes);
    },
  );
  figures.gauge(
    "device_memory_leased_bytes",
    "Bytes of a device that models hold.",
    ["device"],
    (gauge) => {
      for (const { id: device } of kernel.devices) gauge.set({ device }, 0);
      for (const { device, memory } of kernel.models())
        if (device !== undefined) gauge.inc({ device }, memory?.leased ?? 0);
    },
  );
}
