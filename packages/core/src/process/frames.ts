/** The descriptor of the channel between the server and a process of its own: one duplex pipe beside the standard streams. */
export const channel = 3;

/** The descriptor of a pipe that nobody writes to: its end is the server's. */
export const lifeline = 4;

/** A message and the bytes that follow it. */
export interface Frame<Message> {
  readonly message: Message;
  readonly payloads: readonly Uint8Array[];
}

/** A frame begins with its head's length, a little-endian uint32. */
export const prefixBytes = 4;

/** The pieces of a frame, to be written in order: the head's length and the head as JSON, then the payloads as they are. */
export function encodeFrame({ message, payloads }: Frame<unknown>): Uint8Array[] {
  const sizes = payloads.map(({ byteLength }) => byteLength);
  const head = Buffer.from(JSON.stringify({ message, sizes }));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(head.length);
  return [Buffer.concat([prefix, head]), ...payloads];
}

/** The message of a head, with empty payloads of the right sizes, which the receiver fills. */
export function decodeHead<Message>(head: Uint8Array): Frame<Message> {
  const { message, sizes } = JSON.parse(Buffer.from(head).toString()) as {
    message: Message;
    sizes: number[];
  };
  return { message, payloads: sizes.map((size) => new Uint8Array(size)) };
}

/** The frames of a stream, as they arrive. An unfinished one at its end is dropped. */
export async function* receiveFrames<Message>(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame<Message>, void> {
  const chunks = stream[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array();

  /** Whether the stream had enough bytes. */
  async function fill(target: Uint8Array): Promise<boolean> {
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
  }

  const prefix = Buffer.alloc(prefixBytes);
  while (await fill(prefix)) {
    const head = new Uint8Array(prefix.readUInt32LE());
    if (!(await fill(head))) return;
    const frame = decodeHead<Message>(head);
    for (const payload of frame.payloads) if (!(await fill(payload))) return;
    yield frame;
  }
}
