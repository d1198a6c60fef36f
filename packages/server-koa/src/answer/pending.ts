import type { ServerEvent } from "@kindred/core";

/** An event on its way to a reader, perhaps still being encoded. */
export type Pending = ServerEvent | Promise<ServerEvent | undefined>;

/** Bytes of the texts and arrays in an event's data, which are nearly all of it. */
export function bytesOf(event: ServerEvent | undefined): number {
  const values: readonly unknown[] = Object.values(Object(event?.data));
  return values.reduce<number>((sum, value) => {
    if (typeof value === "string") return sum + value.length;
    return sum + (ArrayBuffer.isView(value) ? value.byteLength : 0);
  }, 0);
}
