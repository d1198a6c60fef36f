import { reached } from "../bounds.ts";
import type { Device, DeviceAllocator, DeviceLease } from "../device.ts";
import { KernelError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";
import { ClaimQueue } from "./claim-queue.ts";
import { evict, isEvictable } from "./eviction.ts";
import type { ModelMemory } from "./model-memory.ts";
import type { Need } from "./session.ts";

const withoutProcess = (bytes: number): Need => ({ bytes, process: 0 });

/**
 * One device's memory. Leases change only here, and a model has one at most. A reservation is counted and the lease grown
 * for it in one synchronous step, so a lease covers its reservations at all times, whatever is awaited in between.
 *
 * Models wait in one line. For the first of them, idle models are evicted, least recently used first and those that are kept
 * for ever last, then models that wait themselves: two models never wait for each other. The process of another device's graph is reserved in main memory
 * after the graph's own bytes, and the line of main memory waits for no other.
 */
export class DeviceMemory {
  readonly device: Device;
  readonly #allocator: DeviceAllocator;
  /** Main memory, where this is another device's and the allocator has some. */
  readonly #main: DeviceMemory | undefined;
  readonly #shares = new Map<ModelMemory, { readonly lease: DeviceLease; reserved: number }>();
  readonly #line = new ClaimQueue<ModelMemory>((first) => this.#evictFor(first));

  constructor(allocator: DeviceAllocator, device: Device, main?: DeviceMemory) {
    this.#allocator = allocator;
    this.device = device;
    this.#main = main;
  }

  /** Finds a device's memory: always the same one, so that all its models wait in one line. */
  static finder(allocator: DeviceAllocator): (device: Device) => DeviceMemory {
    const found = new Map<string, DeviceMemory>();
    const cpu = allocator.devices.find(({ provider }) => provider === "cpu");
    return function find(device: Device): DeviceMemory {
      const main = cpu && device.provider !== "cpu" ? find(cpu) : undefined;
      const memory = found.get(device.id) ?? new DeviceMemory(allocator, device, main);
      found.set(device.id, memory);
      return memory;
    };
  }

  /** Whether a model waits for it, or for main memory. */
  get contended(): boolean {
    return this.#line.claims.size > 0 || (this.#main?.contended ?? false);
  }

  isAwaitedBy(model: ModelMemory): boolean {
    return this.#line.has(model) || (this.#main?.isAwaitedBy(model) ?? false);
  }

  leaseOf(model: ModelMemory): DeviceLease | undefined {
    return this.#shares.get(model)?.lease;
  }

  reservedBy(model: ModelMemory): number {
    return this.#shares.get(model)?.reserved ?? 0;
  }

  /** DEVICE_EXHAUSTED, with the numbers, if it can never have so much beside what the model has reserved. */
  shortage(model: ModelMemory, { bytes, process }: Need): KernelError | undefined {
    const needed = this.reservedBy(model) + bytes;
    const { id, bytes: all } = this.device;
    if (needed <= all) return this.#main?.shortage(model, withoutProcess(process));
    const message = `"${model.id}" needs ${formatBytes(needed)} at once; ${id} has ${formatBytes(all)} in all. Give it more memory, or serve a smaller model.`;
    return new KernelError("DEVICE_EXHAUSTED", message);
  }

  /** Waits in line until the lease has `bytes()`, reserved or not. DEVICE_EXHAUSTED if it never can, ABORTED by the signal. */
  async lease(model: ModelMemory, bytes: () => number, signal: AbortSignal): Promise<void> {
    if (this.#main?.contended) await this.#main.lease(model, () => 0, signal);
    const shortage = this.shortage(model, withoutProcess(bytes() - this.reservedBy(model)));
    if (shortage) {
      reached("memory");
      throw shortage;
    }
    await this.#line.wait(model, () => this.#grow(model, bytes()), signal);
  }

  /** Reserves all of it or nothing, unless another model would have to give way. */
  tryReserve(model: ModelMemory, { bytes, process }: Need): boolean {
    if (!this.#grow(model, this.reservedBy(model) + bytes)) return false;
    if (process > 0 && this.#main?.tryReserve(model, withoutProcess(process)) === false)
      return false;
    this.#shares.get(model)!.reserved += bytes;
    return true;
  }

  /** Waits in line; all of it is reserved once this resolves, and none when it rejects. There must be no `shortage`. */
  async reserve(model: ModelMemory, { bytes, process }: Need, signal: AbortSignal): Promise<void> {
    await this.#line.wait(model, () => this.tryReserve(model, withoutProcess(bytes)), signal);
    if (process === 0) return;
    await this.#main?.reserve(model, withoutProcess(process), signal).catch((error: unknown) => {
      this.release(model, withoutProcess(bytes));
      throw error;
    });
  }

  /** Ends a reservation or a part of it. During a turn the lease keeps the bytes for the model's next one. */
  release(model: ModelMemory, { bytes, process }: Need): void {
    const share = this.#shares.get(model);
    if (share) share.reserved -= bytes;
    if (process > 0) this.#main?.release(model, withoutProcess(process));
    if (model.idleSince !== undefined) this.shrink(model);
  }

  /** Returns what is not reserved, for those in line. */
  shrink(model: ModelMemory): void {
    const share = this.#shares.get(model);
    const spare = share ? share.lease.bytes - share.reserved : 0;
    if (share?.reserved === 0) {
      share.lease[Symbol.dispose]();
      this.#shares.delete(model);
    } else if (spare > 0) share!.lease.resize(share!.reserved);
    if (spare > 0) void this.#line.serve();
    this.#main?.shrink(model);
  }

  /** Serves the line. Called whenever a model has become idle, and so evictable. */
  serve(): void {
    void this.#line.serve();
    this.#main?.serve();
  }

  /** Refuses what a model waits for. */
  refuse(model: ModelMemory, error: KernelError): void {
    this.#line.refuse(model, error);
    this.#main?.refuse(model, error);
  }

  #grow(model: ModelMemory, bytes: number): boolean {
    const lease = this.leaseOf(model);
    if (lease) return lease.bytes >= bytes || lease.resize(bytes);
    const acquired = this.#allocator.acquire(this.device, bytes, model.replicas);
    if (acquired) this.#shares.set(model, { lease: acquired, reserved: 0 });
    return acquired !== undefined;
  }

  /** Whether another model gave something back. */
  async #evictFor(first: ModelMemory): Promise<boolean> {
    const now = performance.now();
    const since = ({ idleSince = now }: ModelMemory) => idleSince;
    const others = [...this.#shares.keys()].filter((each) => each !== first && isEvictable(each));
    const order = (a: ModelMemory, b: ModelMemory) =>
      Number(a.isKept) - Number(b.isKept) || since(a) - since(b);
    for (const model of others.toSorted(order)) {
      const before = this.leaseOf(model)?.bytes ?? 0;
      await evict(model, "memory");
      if ((this.leaseOf(model)?.bytes ?? 0) < before) return true;
    }
    return false;
  }
}
