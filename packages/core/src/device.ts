/** A processor that runs graphs, and the memory it has. */
export interface Device {
  /** "cpu", "cuda:0". Unique in an allocator. */
  readonly id: string;
  /** The execution provider of onnxruntime: "cpu", "cuda" …; an open list. */
  readonly provider: string;
  /** Bytes of its memory that models may use. */
  readonly bytes: number;
  /** Threads that a graph may use on it. */
  readonly threads: number;
}

/** Asks where a model is to run. */
export interface PlaceRequest {
  /** The model's id, for messages. */
  readonly model: string;
  /** The least bytes that its weights need at once. The exact need is known once its graphs are declared. */
  readonly bytes: number;
  /** Device ids or providers, best first. Default: the allocator's own order. */
  readonly prefer?: readonly string[] | undefined;
}

/**
 * Says what may run where. It counts and does not wait: waiting and evicting are the kernel's. `budgetAllocator` makes
 * the default one.
 */
export interface DeviceAllocator {
  readonly devices: readonly Device[];
  /** Chooses a model's device, before its graphs are declared. DEVICE_EXHAUSTED when none can ever hold `bytes`. */
  place(request: PlaceRequest): Device;
  /** Leases memory of a device; undefined when there is not enough now. `replicas` share the device's threads; default 1. */
  acquire(device: Device, bytes: number, replicas?: number): DeviceLease | undefined;
}

/** Memory of a device that a model may use. Disposing it returns the memory. */
export interface DeviceLease extends Disposable {
  readonly device: Device;
  readonly bytes: number;
  /** Threads that each of the model's graphs may use. */
  readonly threads: number;
  /** Changes `bytes`. False, and nothing changed, when there is not enough to grow now. Shrinking always works. */
  resize(bytes: number): boolean;
}
