import { expect, test } from "vitest";
import type { Device } from "@kindred/core";
import { budgetAllocator } from "../../src/devices/budget-allocator.ts";

const cuda: Device = { id: "cuda:0", provider: "cuda", bytes: 4e9, threads: 1 };
const cpuOf = (memory: number, threads = 4) => {
  const allocator = budgetAllocator({ memory, threads });
  return { allocator, cpu: allocator.devices[0]! };
};

test("a lease takes its bytes until it is disposed, once", () => {
  const { allocator, cpu } = cpuOf(100);
  const lease = allocator.acquire(cpu, 60)!;
  expect(lease).toMatchObject({ device: cpu, bytes: 60, threads: 4 });
  expect(allocator.acquire(cpu, 41)).toBeUndefined();
  lease[Symbol.dispose]();
  lease[Symbol.dispose]();
  expect(allocator.acquire(cpu, 101)).toBeUndefined();
  expect(allocator.acquire(cpu, 100)).toBeDefined();
});

test("a lease grows into what is free, and changes nothing where it cannot", () => {
  const { allocator, cpu } = cpuOf(100);
  const lease = allocator.acquire(cpu, 60)!;
  const other = allocator.acquire(cpu, 30)!;
  expect(lease.resize(71)).toBe(false);
  expect(lease.bytes).toBe(60);
  expect(lease.resize(70)).toBe(true);
  expect(other.resize(10)).toBe(true);
  expect(lease.resize(90)).toBe(true);
  expect(allocator.acquire(cpu, 1)).toBeUndefined();
});

test("a returned lease cannot grow", () => {
  const { allocator, cpu } = cpuOf(100);
  const lease = allocator.acquire(cpu, 60)!;
  lease[Symbol.dispose]();
  expect(lease.resize(1)).toBe(false);
  expect(allocator.acquire(cpu, 100)).toBeDefined();
});

test("NaN bytes are never granted", () => {
  const { allocator, cpu } = cpuOf(100);
  expect(allocator.acquire(cpu, NaN)).toBeUndefined();
  expect(allocator.acquire(cpu, 1)!.resize(NaN)).toBe(false);
});

test("replicas share a device's threads, and each has one", () => {
  const { allocator, cpu } = cpuOf(100, 5);
  expect(allocator.acquire(cpu, 1, 2)!.threads).toBe(2);
  expect(allocator.acquire(cpu, 1, 9)!.threads).toBe(1);
});

test("a model goes to the first preferred device that has room now, or to the first that is large enough", () => {
  const allocator = budgetAllocator({ memory: 8e9, devices: [cuda] });
  const place = (bytes: number, prefer?: string[]) =>
    allocator.place({ model: "m", bytes, ...(prefer && { prefer }) }).id;
  expect(place(1e9)).toBe("cuda:0");
  expect(place(5e9)).toBe("cpu");
  expect(place(1e9, ["cpu", "cuda"])).toBe("cpu");
  expect(place(1e9, ["tensorrt", "cuda"])).toBe("cuda:0");
  const lease = allocator.acquire(cuda, 4e9)!;
  expect(place(1e9)).toBe("cpu");
  expect(place(1e9, ["cuda"])).toBe("cuda:0");
  lease[Symbol.dispose]();
  expect(place(1e9)).toBe("cuda:0");
});

test("a model that no device can ever hold is refused with the numbers", () => {
  const allocator = budgetAllocator({ memory: 1.4e9, devices: [cuda] });
  expect(() => allocator.place({ model: "xl", bytes: 6.94e9 })).toThrow(
    expect.objectContaining({
      code: "DEVICE_EXHAUSTED",
      message:
        '"xl" needs 6.94 GB; cuda:0 has 4 GB in all, cpu has 1.4 GB in all. ' +
        "Give a device more memory, or serve a smaller checkpoint.",
    }),
  );
});

test("a preference that no device matches is refused, and the devices are named", () => {
  expect(() => budgetAllocator().place({ model: "m", bytes: 1, prefer: ["cuda"] })).toThrow(
    expect.objectContaining({
      code: "DEVICE_EXHAUSTED",
      message: expect.stringMatching(/^"m" is to run on "cuda"; there is cpu\./),
    }),
  );
});

test("by default the budget is a part of this machine's memory", () => {
  const cpu = budgetAllocator().devices[0]!;
  expect(cpu).toMatchObject({ id: "cpu", provider: "cpu" });
  expect(cpu.bytes).toBeGreaterThan(0);
  expect(cpu.bytes).toBeLessThan(process.constrainedMemory() || Infinity);
  expect(cpu.threads).toBeGreaterThanOrEqual(1);
});
