import { availableParallelism, totalmem } from "node:os";
import type { Device, DeviceAllocator, DeviceLease } from "@kindred/core";

export interface Slots extends DeviceAllocator {
  /** Models that hold a slot now. */
  readonly taken: number;
}

/** Counts models instead of bytes: `count` of them hold graphs at the same time, the others wait for a slot. */
export function slots(count: number): Slots {
  const cpu: Device = {
    id: "cpu",
    provider: "cpu",
    bytes: totalmem(),
    threads: availableParallelism(),
  };
  let taken = 0;
  return {
    devices: [cpu],
    get taken() {
      return taken;
    },
    place: () => cpu,
    acquire(device, bytes, replicas = 1) {
      if (taken === count) return undefined;
      taken += 1;
      const threads = Math.max(1, Math.floor(device.threads / replicas));
      return slot(bytes, { device, threads }, () => (taken -= 1));
    },
  };
}

function slot(
  size: number,
  place: Pick<DeviceLease, "device" | "threads">,
  free: () => void,
): DeviceLease {
  let bytes = size;
  let held = true;
  return {
    ...place,
    get bytes() {
      return bytes;
    },
    resize(wanted) {
      bytes = wanted;
      return held;
    },
    [Symbol.dispose]() {
      if (held) free();
      held = false;
    },
  };
}
