/** The numbers that a TIFF's header and directories are made of: a classic TIFF has 4 bytes for a place, a BigTIFF 8. */
interface Layout {
  /** Where the header says where the first directory is. */
  readonly first: number;
  /** Bytes of a count of entries, and of an entry. */
  readonly count: 2 | 8;
  readonly entry: 12 | 20;
  readonly place: (at: number) => number;
}

/**
 * Whether a TIFF has more pages than `max`. libtiff follows all of them to count them, for seconds where there are hundreds of
 * thousands. Places outside the file end the count: the decoder refuses them.
 */
export function hasMorePages(bytes: Uint8Array, max: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 16) return false;
  const little = view.getUint8(0) === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const long = (at: number): number => Number(view.getBigUint64(at, little));
  const layout: Layout = isBig
    ? { first: 8, count: 8, entry: 20, place: long }
    : { first: 4, count: 2, entry: 12, place: (at) => view.getUint32(at, little) };
  const { first, count, entry, place } = layout;
  const size = isBig ? 8 : 4;
  let at = place(first);
  for (let page = 0; page <= max; page++) {
    if (at === 0 || at + count > view.byteLength) return false;
    const entries = isBig ? long(at) : view.getUint16(at, little);
    const next = at + count + entries * entry;
    if (next + size > view.byteLength) return false;
    at = place(next);
  }
  return true;
}
