import type { Device, DeviceAllocator, DeviceLease } from "../src/device.ts";
import type { GraphSource } from "../src/graph.ts";
import type { Call } from "../src/pipeline.ts";

export function call(options: Partial<Call<any>> = {}): Call<any> {
  return { signal: new AbortController().signal, onEvent() {}, ...options };
}

export function source(name: string, bytes: number, more: Partial<GraphSource> = {}): GraphSource {
  return {
    name,
    model: new Uint8Array(),
    folder: "/",
    bytes,
    peakBytes: bytes,
    inputs: ["x"],
    outputs: ["y"],
    ...more,
  };
}

export function numbers(...data: number[]) {
  return { type: "float32", dims: [data.length], data: Float32Array.from(data) } as const;
}

/** Counts bytes of one device, and throws when more are leased than there are. */
export function countingAllocator(bytes: number): DeviceAllocator & { leased: number } {
  const device: Device = { id: "cpu", provider: "cpu", bytes, threads: 2 };
  const allocator = {
    leased: 0,
    devices: [device],
    place: () => device,
    acquire(_: Device, wanted: number): DeviceLease | undefined {
      if (allocator.leased + wanted > bytes) return undefined;
      let held = wanted;
      allocator.leased += held;
      return {
        device,
        threads: 2,
        get bytes() {
          return held;
        },
        resize(next: number) {
          if (allocator.leased + next - held > bytes) return false;
          allocator.leased += next - held;
          held = next;
          return true;
        },
        [Symbol.dispose]() {
          allocator.leased -= held;
          held = 0;
        },
      };
    },
  };
  return allocator;
}

export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
