export interface Device {
  /** "cpu", "cuda:0". */
  readonly id: string;
  /** onnxruntime's execution provider; an open list. */
  readonly provider: string;
  /** What Kindred may use of it. */
  readonly bytes: number;
  readonly threads: number;
}

export interface PlaceRequest {
  /** The model's id, for messages. */
  readonly model: string;
  /** The least its weights need at once; what the graphs need exactly is known once they are declared. */
  readonly bytes: number;
  /** Device ids or providers, best first; default: the allocator's own order. */
  readonly prefer?: readonly string[] | undefined;
}

/** Says what may run where. Synchronous: it counts, it does not wait; waiting and evicting are the kernel's. */
export interface DeviceAllocator {
  readonly devices: readonly Device[];
  /** Chooses a model's device before its graphs are declared. DEVICE_EXHAUSTED when none can ever hold `bytes`. */
  place(request: PlaceRequest): Device;
  /** undefined: not now. Replicas that run side by side share the device's threads. */
  acquire(device: Device, bytes: number, replicas?: number): DeviceLease | undefined;
}
/** Returned when disposed. */
export interface DeviceLease extends Disposable {
  readonly device: Device;
  readonly bytes: number;
  readonly threads: number;
  /** False, and nothing changed, when there is no room to grow now. Shrinking always works. */
  resize(bytes: number): boolean;
}
