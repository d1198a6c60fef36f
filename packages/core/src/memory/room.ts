import type { Device, DeviceAllocator, DeviceLease } from "../device.ts";
import { abortError, KernelError, throwIfAborted } from "../errors.ts";
import { formatBytes } from "../format-bytes.ts";

/** A model as its device's memory sees it. */
export interface Tenant {
  readonly id: string;
  readonly replicas: number;
  lease: DeviceLease | undefined;
  /** When its last turn ended, in ms of `performance.now()`; undefined during a turn. */
  readonly idleSince: number | undefined;
  /** Until when it may stay although others wait, so that what opening cost is not spent for a single run. */
  readonly staysUntil: number;
  /** Closes its idle graphs and returns all of the lease that no run under way needs. False when it had nothing to give. */
  vacate(): Promise<boolean>;
}

interface Claim {
  readonly tenant: Tenant;
  /** Less once it has given way itself. */
  readonly bytes: () => number;
  readonly grant: () => void;
  readonly refuse: (error: unknown) => void;
}

/** An allocator may be shared with others, whose releases nobody tells us of. */
const LOOK_AGAIN_MS = 100;

/**
 * A device's memory, and the line of models that wait for it: first come, first served. Idle models give way, least
 * recently used first. Who waits lets go of its idle graphs for whoever is before it, so two models never wait for each other.
 */
export class Room {
  readonly device: Device;
  readonly #allocator: DeviceAllocator;
  readonly #tenants = new Set<Tenant>();
  readonly #line: Claim[] = [];
  #serving = false;
  #later: NodeJS.Timeout | undefined;

  constructor(allocator: DeviceAllocator, device: Device) {
    this.#allocator = allocator;
    this.device = device;
  }

  /** Whether somebody waits for memory. */
  get contended(): boolean {
    return this.#line.length > 0;
  }

  enter(tenant: Tenant): void {
    this.#tenants.add(tenant);
  }

  /** What it still claims is refused with `error`. */
  leave(tenant: Tenant, error: KernelError): void {
    this.#tenants.delete(tenant);
    for (const claim of this.#line.filter((each) => each.tenant === tenant)) {
      this.#withdraw(claim, error);
    }
  }

  /** Grows a tenant's lease to `bytes` if that needs nobody else to give way. */
  grow(tenant: Tenant, bytes: number): boolean {
    if (tenant.lease) return tenant.lease.bytes >= bytes || tenant.lease.resize(bytes);
    tenant.lease = this.#allocator.acquire(this.device, bytes, tenant.replicas);
    return tenant.lease !== undefined;
  }

  /** Waits until a tenant's lease covers `bytes`. DEVICE_EXHAUSTED when the device never can, ABORTED by the signal. */
  async claim(tenant: Tenant, bytes: () => number, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.refuseIfTooLarge(tenant, bytes());
    if (!this.contended && this.grow(tenant, bytes())) return;
    await new Promise<void>((grant, refuse) => {
      const claim = {
        tenant,
        bytes,
        grant: () => settle(grant),
        refuse: (error: unknown) => settle(refuse, error),
      };
      const withdraw = () => this.#withdraw(claim, abortError(signal));
      const settle = (end: (error?: any) => void, error?: unknown) => {
        signal.removeEventListener("abort", withdraw);
        end(error);
      };
      signal.addEventListener("abort", withdraw, { once: true });
      this.#line.push(claim);
      this.changed();
    });
  }

  /** Tell it whenever memory came back or a tenant fell idle. */
  changed(): void {
    if (!this.#serving && this.contended) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    clearTimeout(this.#later);
    for (let claim = this.#line[0]; claim; claim = this.#line[0]) {
      try {
        if (this.grow(claim.tenant, claim.bytes())) this.#take(claim)?.grant();
        else if (!(await this.#makeRoom(claim.tenant))) break;
      } catch (error) {
        this.#take(claim)?.refuse(error);
      }
    }
    this.#serving = false;
    if (this.contended) this.#later = setTimeout(() => this.changed(), LOOK_AGAIN_MS);
  }

  async #makeRoom(asker: Tenant): Promise<boolean> {
    const waiting = this.#line.map(({ tenant }) => tenant).filter((it) => it !== asker);
    for (const tenant of [...this.#idle(asker), ...waiting]) {
      if (tenant.lease && (await tenant.vacate())) return true;
    }
    return false;
  }

  /** Those that may be evicted, least recently used first. */
  #idle(except: Tenant): readonly Tenant[] {
    const now = performance.now();
    return [...this.#tenants]
      .filter((it) => it !== except && it.idleSince !== undefined && it.staysUntil <= now)
      .toSorted((a, b) => a.idleSince! - b.idleSince!);
  }

  #take(claim: Claim): Claim | undefined {
    const place = this.#line.indexOf(claim);
    return place < 0 ? undefined : this.#line.splice(place, 1)[0];
  }

  #withdraw(claim: Claim, error: KernelError): void {
    this.#take(claim)?.refuse(error);
    this.changed();
  }

  /** DEVICE_EXHAUSTED, with the numbers, when the device can never hold `bytes`. */
  refuseIfTooLarge({ id }: Tenant, bytes: number): void {
    if (bytes <= this.device.bytes) return;
    const [needed, all] = [bytes, this.device.bytes].map(formatBytes);
    throw new KernelError(
      "DEVICE_EXHAUSTED",
      `"${id}" needs ${needed} at once; ${this.device.id} has ${all} in all. Give it more memory, or serve a smaller model.`,
    );
  }
}
