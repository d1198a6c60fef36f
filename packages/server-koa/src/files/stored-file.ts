/** A file in a store. */
export interface StoredFile {
  readonly name: string;
  readonly path: string;
  /** Media type. */
  readonly type: string;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

const extensions: ReadonlyMap<string, string> = new Map([
  ["image/png", "png"],
  ["image/jpeg", "jpeg"],
  ["image/webp", "webp"],
]);
const types = new Map(Array.from(extensions, ([type, extension]) => [extension, type]));

export function extensionOf(type: string): string {
  return extensions.get(type) ?? "bin";
}

export function typeOf(extension: string): string {
  return types.get(extension) ?? "application/octet-stream";
}
