import { formatBytes } from "../format-bytes.ts";
import type { Device, DeviceAllocator, DeviceLease } from "../device.ts";
import { KernelError } from "../errors.ts";
import { usableMemory, usableThreads } from "./machine.ts";

export interface BudgetOptions {
  /** Bytes of main memory that models may take. Default: 80 % of what this process may use, control groups included. */
  readonly memory?: number;
  /** Threads that a graph on the CPU runs with. Default: all that this process may keep busy. */
  readonly threads?: number;
  /** Devices beside the CPU, best first. A model that prefers none is placed on them before the CPU. Default: none. */
  readonly devices?: readonly Device[];
}

const share = 0.8;

/** The default allocator: one byte budget per device, counted and never exceeded. It does not know what a device has free. */
export function budgetAllocator(options: BudgetOptions = {}): DeviceAllocator {
  const cpu: Device = {
    id: "cpu",
    provider: "cpu",
    bytes: options.memory ?? Math.floor(usableMemory() * share),
    threads: options.threads ?? usableThreads(),
  };
  const devices = [...(options.devices ?? []), cpu];
  const free = new Map(devices.map((device) => [device.id, device.bytes]));
  const freeOf = (device: Device): number => free.get(device.id) ?? 0;

  /** Written with `<=`, so that NaN is refused too. */
  function take(device: Device, bytes: number): boolean {
    if (!(bytes <= freeOf(device))) return false;
    free.set(device.id, freeOf(device) - bytes);
    return true;
  }

  return {
    devices,
    place({ model, bytes, prefer }) {
      const candidates = prefer === undefined ? devices : preferred(devices, prefer);
      if (candidates.length === 0) throw unknownDevice(model, prefer ?? [], devices);
      const able = candidates.filter((device) => bytes <= device.bytes);
      const chosen = able.find((device) => bytes <= freeOf(device)) ?? able[0];
      if (chosen === undefined) throw neverFits(model, bytes, candidates);
      return chosen;
    },
    acquire(device, bytes, replicas = 1) {
      if (!take(device, bytes)) return undefined;
      const threads = Math.max(1, Math.floor(device.threads / replicas));
      return lease(device, bytes, threads, take);
    },
  };
}

function lease(
  device: Device,
  initial: number,
  threads: number,
  take: (device: Device, bytes: number) => boolean,
): DeviceLease {
  let bytes = initial;
  let returned = false;
  return {
    device,
    threads,
    get bytes() {
      return bytes;
    },
    resize(wanted) {
      if (returned || !take(device, wanted - bytes)) return false;
      bytes = wanted;
      return true;
    },
    [Symbol.dispose]() {
      take(device, -bytes);
      bytes = 0;
      returned = true;
    },
  };
}

function preferred(devices: readonly Device[], prefer: readonly string[]): Device[] {
  const matches = prefer.flatMap((name) =>
    devices.filter((device) => device.id === name || device.provider === name),
  );
  return [...new Set(matches)];
}

function unknownDevice(model: string, prefer: readonly string[], devices: readonly Device[]) {
  const wanted = prefer.map((name) => `"${name}"`).join(" or ");
  const known = devices.map((device) => device.id).join(", ");
  return new KernelError(
    "DEVICE_EXHAUSTED",
    `"${model}" is to run on ${wanted}; there is ${known}. Give the allocator that device, or prefer another.`,
  );
}

function neverFits(model: string, bytes: number, devices: readonly Device[]) {
  const room = devices.map((device) => `${device.id} has ${formatBytes(device.bytes)} in all`);
  return new KernelError(
    "DEVICE_EXHAUSTED",
    `"${model}" needs ${formatBytes(bytes)}; ${room.join(", ")}. Give a device more memory, or serve a smaller checkpoint.`,
  );
}
