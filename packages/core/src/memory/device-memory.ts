import type { Device, DeviceAllocator, DeviceLease } from "../device.ts";
import { KernelError } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";
import { ClaimQueue } from "./claim-queue.ts";
import { evict, isEvictable } from "./lease-holder.ts";
import type { LeaseHolder, Need } from "./lease-holder.ts";

const withoutProcess = (bytes: number): Need => ({ bytes, process: 0 });

/**
 * One device's memory. Leases change only here, and a model has one at most. A reservation is counted and the lease grown
 * for it in one synchronous step, so a lease covers its reservations at all times, whatever is awaited in between.
 *
 * Models wait in one line. For its head, idle models are evicted, least recently used first, then models that wait
 * themselves: two models never wait for each other. A graph's process takes main memory. Another device reserves it there
 * after the graph's own bytes, and main memory's line waits for no other line.
 */
export class DeviceMemory {
  readonly device: Device;
  readonly #allocator: DeviceAllocator;
  /** Main memory, where this is another device's and the allocator has some. */
  readonly #main: DeviceMemory | undefined;
  readonly #shares = new Map<LeaseHolder, { readonly lease: DeviceLease; reserved: number }>();
  readonly #line = new ClaimQueue<LeaseHolder>((first) => this.#evictFor(first));

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

  isAwaitedBy(holder: LeaseHolder): boolean {
    return this.#line.has(holder) || (this.#main?.isAwaitedBy(holder) ?? false);
  }

  leaseOf(holder: LeaseHolder): DeviceLease | undefined {
    return this.#shares.get(holder)?.lease;
  }

  reservedBy(holder: LeaseHolder): number {
    return this.#shares.get(holder)?.reserved ?? 0;
  }

  /** DEVICE_EXHAUSTED, with the numbers, if it can never have so much beside what the model has reserved. */
  shortage(holder: LeaseHolder, { bytes, process }: Need): KernelError | undefined {
    const needed = this.reservedBy(holder) + bytes;
    const { id, bytes: all } = this.device;
    if (needed <= all) return this.#main?.shortage(holder, withoutProcess(process));
    const message = `"${holder.id}" needs ${formatBytes(needed)} at once; ${id} has ${formatBytes(all)} in all. Give it more memory, or serve a smaller model.`;
    return new KernelError("DEVICE_EXHAUSTED", message);
  }

  /** Waits in line until the lease has `bytes()`, reserved or not. DEVICE_EXHAUSTED if it never can, ABORTED by the signal. */
  async lease(holder: LeaseHolder, bytes: () => number, signal: AbortSignal): Promise<void> {
    if (this.#main?.contended) await this.#main.lease(holder, () => 0, signal);
    const shortage = this.shortage(holder, withoutProcess(bytes() - this.reservedBy(holder)));
    if (shortage) throw shortage;
    await this.#line.wait(holder, () => this.#grow(holder, bytes()), signal);
  }

  /** Reserves all of it or nothing, unless another model would have to give way. */
  tryReserve(holder: LeaseHolder, { bytes, process }: Need): boolean {
    if (!this.#grow(holder, this.reservedBy(holder) + bytes)) return false;
    if (process > 0 && this.#main?.tryReserve(holder, withoutProcess(process)) === false)
      return false;
    this.#shares.get(holder)!.reserved += bytes;
    return true;
  }

  /** Waits in line; all of it is reserved once this resolves, and none when it rejects. There must be no `shortage`. */
  async reserve(holder: LeaseHolder, { bytes, process }: Need, signal: AbortSignal): Promise<void> {
    await this.#line.wait(holder, () => this.tryReserve(holder, withoutProcess(bytes)), signal);
    if (process === 0) return;
    await this.#main?.reserve(holder, withoutProcess(process), signal).catch((error: unknown) => {
      this.release(holder, withoutProcess(bytes));
      throw error;
    });
  }

  /** Ends a reservation or a part of it. During a turn the lease keeps the bytes for the model's next one. */
  release(holder: LeaseHolder, { bytes, process }: Need): void {
    const share = this.#shares.get(holder);
    if (share) share.reserved -= bytes;
    if (process > 0) this.#main?.release(holder, withoutProcess(process));
    if (holder.idleSince !== undefined) this.shrink(holder);
  }

  /** Returns what is not reserved, for those in line. */
  shrink(holder: LeaseHolder): void {
    const share = this.#shares.get(holder);
    const spare = share ? share.lease.bytes - share.reserved : 0;
    if (share?.reserved === 0) {
      share.lease[Symbol.dispose]();
      this.#shares.delete(holder);
    } else if (spare > 0) share!.lease.resize(share!.reserved);
    if (spare > 0) void this.#line.serve();
    this.#main?.shrink(holder);
  }

  /** Serves the line. Called whenever a model has become idle, and so evictable. */
  serve(): void {
    void this.#line.serve();
    this.#main?.serve();
  }

  /** Refuses what a model waits for. */
  refuse(holder: LeaseHolder, error: KernelError): void {
    this.#line.refuse(holder, error);
    this.#main?.refuse(holder, error);
  }

  #grow(holder: LeaseHolder, bytes: number): boolean {
    const lease = this.leaseOf(holder);
    if (lease) return lease.bytes >= bytes || lease.resize(bytes);
    const acquired = this.#allocator.acquire(this.device, bytes, holder.replicas);
    if (acquired) this.#shares.set(holder, { lease: acquired, reserved: 0 });
    return acquired !== undefined;
  }

  /** Whether another model gave something back. */
  async #evictFor(first: LeaseHolder): Promise<boolean> {
    const now = performance.now();
    const since = ({ idleSince = now }: LeaseHolder) => idleSince;
    const others = [...this.#shares.keys()].filter((each) => each !== first && isEvictable(each));
    for (const holder of others.toSorted((a, b) => since(a) - since(b))) {
      const before = this.leaseOf(holder)?.bytes ?? 0;
      await evict(holder);
      if ((this.leaseOf(holder)?.bytes ?? 0) < before) return true;
    }
    return false;
  }
}
