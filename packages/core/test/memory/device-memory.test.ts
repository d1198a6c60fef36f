import { expect, test } from "vitest";
import type { DeviceAllocator } from "../../src/device.ts";
import { DeviceMemory } from "../../src/memory/device-memory.ts";
import { countingAllocator, tick } from "../fixtures.ts";
import { never, oneDevice, twoDevices } from "./setup.ts";

const of = (bytes: number, process = 0) => ({ bytes, process });

test("a device has one memory, whoever asks for it", () => {
  const allocator = countingAllocator(100);
  const memoryOf = DeviceMemory.finder(allocator);
  expect(memoryOf(allocator.devices[0]!)).toBe(memoryOf({ ...allocator.devices[0]! }));
});

test("a model's lease grows by what is reserved, keeps what is released during a turn, and shrinks", async () => {
  const { allocator, memory, modelOf } = oneDevice(100);
  const model = modelOf("a");
  await model.turn(never, async () => {
    expect(memory.tryReserve(model, of(40))).toBe(true);
    expect(memory.tryReserve(model, of(30))).toBe(true);
    expect(memory.leaseOf(model)?.bytes).toBe(70);
    memory.release(model, of(30));
    expect(memory.leaseOf(model)?.bytes).toBe(70);
    expect(memory.tryReserve(model, of(20))).toBe(true);
    expect(allocator.leased).toBe(70);
  });
  expect(allocator.leased).toBe(60);
});

test("an idle model's lease shrinks with each release, and is returned with the last", () => {
  const { allocator, memory, modelOf } = oneDevice(100);
  const model = modelOf("a");
  memory.tryReserve(model, of(40));
  memory.tryReserve(model, of(30));
  memory.release(model, of(40));
  expect(allocator.leased).toBe(30);
  memory.release(model, of(30));
  expect(allocator.leased).toBe(0);
  expect(memory.leaseOf(model)).toBeUndefined();
});

test("a reservation that does not fit now changes nothing", () => {
  const { allocator, memory, modelOf } = oneDevice(100);
  const [model, other] = [modelOf("a"), modelOf("b")];
  memory.tryReserve(model, of(60));
  expect(memory.tryReserve(other, of(41))).toBe(false);
  expect(memory.tryReserve(model, of(41))).toBe(false);
  expect([model, other].map((each) => memory.reservedBy(each))).toEqual([60, 0]);
  expect(allocator.leased).toBe(60);
});

test("models in line are served first come, first served, each with its bytes reserved at once", async () => {
  const { memory, modelOf } = oneDevice(100);
  const [model, large, small] = [modelOf("a"), modelOf("large"), modelOf("small")];
  memory.tryReserve(model, of(90));
  const waiting = [memory.reserve(large, of(60), never), memory.reserve(small, of(40), never)];
  await tick();
  expect(memory.contended).toBe(true);
  memory.release(model, of(40));
  for (let i = 0; i < 5; i++) await tick();
  expect([large, small].map((each) => memory.reservedBy(each))).toEqual([0, 0]);
  memory.release(model, of(50));
  expect([large, small].map((each) => memory.reservedBy(each))).toEqual([60, 40]);
  await Promise.all(waiting);
  expect(memory.contended).toBe(false);
});

test("a model that is granted memory as it is aborted has it", async () => {
  const { memory, modelOf } = oneDevice(100);
  const [model, next] = [modelOf("a"), modelOf("b")];
  memory.tryReserve(model, of(90));
  const abort = new AbortController();
  const waiting = memory.reserve(next, of(60), abort.signal);
  await tick();
  memory.release(model, of(90));
  abort.abort();
  await waiting;
  expect(memory.reservedBy(next)).toBe(60);
});

test("a model that is aborted or refused in line has reserved nothing", async () => {
  const { allocator, memory, modelOf } = oneDevice(100);
  const [model, aborted, refused] = [modelOf("a"), modelOf("b"), modelOf("c")];
  memory.tryReserve(model, of(90));
  const abort = new AbortController();
  const waits = [
    memory.reserve(aborted, of(60), abort.signal),
    memory.reserve(refused, of(60), never),
  ];
  expect([aborted, refused].map((each) => memory.isAwaitedBy(each))).toEqual([true, true]);
  abort.abort();
  memory.refuse(refused, new Error("closed") as any);
  await expect(waits[0]).rejects.toMatchObject({ code: "ABORTED" });
  await expect(waits[1]).rejects.toThrow("closed");
  expect([aborted, refused].map((each) => memory.isAwaitedBy(each))).toEqual([false, false]);
  expect(allocator.leased).toBe(90);
});

test("a wait whose signal is aborted already never begins", async () => {
  const { memory, modelOf } = oneDevice(100);
  const waiting = memory.reserve(modelOf("a"), of(60), AbortSignal.abort());
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  expect(memory.contended).toBe(false);
});

test("those behind a model that is aborted in line are served at once", async () => {
  const { memory, modelOf } = oneDevice(100);
  const [model, large, small] = [modelOf("a"), modelOf("large"), modelOf("small")];
  memory.tryReserve(model, of(60));
  const abort = new AbortController();
  const waiting = memory.reserve(large, of(80), abort.signal);
  const next = memory.reserve(small, of(40), never);
  for (let i = 0; i < 5; i++) await tick();
  abort.abort();
  expect(memory.reservedBy(small)).toBe(40);
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  await next;
});

test("what an allocator throws is told to the model that waits, and the next one is served", async () => {
  const allocator = countingAllocator(100);
  const { modelOf } = oneDevice(0);
  const [model, next] = [modelOf("a"), modelOf("b")];
  const faulty: DeviceAllocator = {
    ...allocator,
    acquire(device, bytes) {
      if (bytes === 60) throw new Error("faulty");
      return allocator.acquire(device, bytes);
    },
  };
  const memory = DeviceMemory.finder(faulty)(allocator.devices[0]!);
  const waits = [memory.reserve(model, of(60), never), memory.reserve(next, of(40), never)];
  await expect(waits[0]).rejects.toThrow("faulty");
  await waits[1];
});

test("a graph and its process are reserved both or neither", () => {
  const devices = twoDevices({ cuda: 100, cpu: 50, overheadBytes: 20 });
  const [model, other] = [devices.onGpu("a"), devices.onCpu("b")];
  other.memory.tryReserve(other, of(40));
  expect(model.memory.tryReserve(model, of(60, 20))).toBe(false);
  expect(model.memory.reservedBy(model)).toBe(0);
  other.memory.release(other, of(40));
  expect(model.memory.tryReserve(model, of(60, 20))).toBe(true);
  expect(devices.leased).toEqual({ cuda: 60, cpu: 20 });
  model.memory.release(model, of(60, 20));
  expect(devices.leased).toEqual({ cuda: 0, cpu: 0 });
});

test("a graph whose process is aborted while it waits for main memory has reserved nothing", async () => {
  const devices = twoDevices({ cuda: 100, cpu: 50, overheadBytes: 20 });
  const [model, other] = [devices.onGpu("a"), devices.onCpu("b")];
  other.memory.tryReserve(other, of(40));
  const abort = new AbortController();
  const waiting = model.memory.reserve(model, of(60, 20), abort.signal);
  await tick();
  expect(devices.leased).toEqual({ cuda: 60, cpu: 40 });
  expect(model.memory.contended).toBe(true);
  abort.abort();
  await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  expect(devices.leased).toEqual({ cuda: 0, cpu: 40 });
});

test("a shortage says which device can never hold what, beside what the model has", () => {
  const { onGpu } = twoDevices({ cuda: 100, cpu: 50, overheadBytes: 20 });
  const model = onGpu("a");
  const { memory } = model;
  expect(memory.shortage(model, of(100, 50))).toBeUndefined();
  const says = (name: string) => ({
    code: "DEVICE_EXHAUSTED",
    message: expect.stringContaining(name),
  });
  expect(memory.shortage(model, of(101))).toMatchObject(says("cuda:0 has 100 bytes"));
  expect(memory.shortage(model, of(100, 51))).toMatchObject(says("cpu has 50 bytes"));
  memory.tryReserve(model, of(1, 1));
  expect(memory.shortage(model, of(100))).toMatchObject(says('"a" needs 101 bytes'));
});
