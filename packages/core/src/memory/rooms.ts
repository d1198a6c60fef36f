import type { Device, DeviceAllocator } from "../device.ts";
import { Room } from "./room.ts";

/** The rooms of an allocator's devices. */
export class Rooms {
  readonly #allocator: DeviceAllocator;
  readonly #rooms = new Map<string, Room>();

  constructor(allocator: DeviceAllocator) {
    this.#allocator = allocator;
  }

  of(device: Device): Room {
    const room = this.#rooms.get(device.id) ?? new Room(this.#allocator, device);
    this.#rooms.set(device.id, room);
    return room;
  }
}
