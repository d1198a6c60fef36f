import type { Device, DeviceAllocator } from "../../src/device.ts";
import { silent } from "../../src/logger.ts";
import { DeviceMemory } from "../../src/memory/device-memory.ts";
import { ModelMemory } from "../../src/memory/model-memory.ts";
import type { ModelMemoryOptions } from "../../src/memory/model-memory.ts";
import { fakeRuntime } from "../../src/testing/fake-runtime.ts";
import type { FakeRun } from "../../src/testing/fake-runtime.ts";
import { countingAllocator } from "../fixtures.ts";

export const never: AbortSignal = new AbortController().signal;
export const echo: FakeRun = ({ x }) => ({ y: x! });

type Options = Partial<
  Pick<
    ModelMemoryOptions,
    "replicas" | "sideBySide" | "keepAlive" | "runTimeout" | "runtime" | "logger"
  >
>;

/** Models on one device of so many bytes, whose graphs run as `run` says. */
export function oneDevice(bytes: number, run: FakeRun = echo) {
  const allocator = countingAllocator(bytes);
  const runtime = fakeRuntime(run);
  const memory = DeviceMemory.finder(allocator)(allocator.devices[0]!);
  const defaults = { memory, runtime, logger: silent, replicas: 1, keepAlive: Infinity };
  const modelOf = (id: string, options: Options = {}) =>
    new ModelMemory({ ...defaults, id, ...options });
  return { allocator, runtime, memory, modelOf };
}

export interface TwoDevices {
  /** Bytes of "cuda:0" and of "cpu". */
  readonly cuda: number;
  readonly cpu: number;
  /** Bytes of a graph's process. */
  readonly overheadBytes: number;
  readonly run?: FakeRun;
}

/** Models on a GPU and on the CPU, whose graphs have processes. */
export function twoDevices({ cuda, cpu, overheadBytes, run = echo }: TwoDevices) {
  const onCuda = countingAllocator(cuda);
  const onCpu = countingAllocator(cpu);
  const gpu: Device = { id: "cuda:0", provider: "cuda", bytes: cuda, threads: 1 };
  const main = onCpu.devices[0]!;
  const allocator: DeviceAllocator = {
    devices: [gpu, main],
    place: () => gpu,
    acquire: (device, bytes) => (device === gpu ? onCuda : onCpu).acquire(device, bytes),
  };
  const runtime = fakeRuntime(run, { overheadBytes });
  const memoryOf = DeviceMemory.finder(allocator);
  const modelOn = (device: Device) => {
    const defaults = { memory: memoryOf(device), runtime, logger: silent };
    return (id: string, options: Options = {}) =>
      new ModelMemory({ ...defaults, id, replicas: 1, keepAlive: Infinity, ...options });
  };
  return {
    runtime,
    onGpu: modelOn(gpu),
    onCpu: modelOn(main),
    get leased() {
      return { cuda: onCuda.leased, cpu: onCpu.leased };
    },
  };
}
