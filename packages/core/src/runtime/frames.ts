import { decodeHead, type Frame, headBytes, prefixBytes } from "./protocol.ts";

/** The frames of a stream of bytes, as they arrive; what comes after the last whole one is dropped. */
export async function* receiveFrames<Message>(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame<Message>, void> {
  const fill = filler(stream[Symbol.asyncIterator]());
  const prefix = new Uint8Array(prefixBytes);
  while (await fill(prefix)) {
    const head = new Uint8Array(headBytes(prefix));
    if (!(await fill(head))) return;
    const frame = decodeHead<Message>(head);
    for (const payload of frame.payloads) if (!(await fill(payload))) return;
    yield frame;
  }
}

/** Fills one array after the other from the chunks; false once they end. */
function filler(chunks: AsyncIterator<Uint8Array>): (target: Uint8Array) => Promise<boolean> {
  let chunk: Uint8Array = new Uint8Array();
  return async (target) => {
    for (let filled = 0; filled < target.length;) {
      if (chunk.length === 0) {
        const next = await chunks.next();
        if (next.done) return false;
        chunk = next.value;
      }
      const part = chunk.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      chunk = chunk.subarray(part.length);
    }
    return true;
  };
}
