import type { Tensor, TensorType } from "../graph.ts";
import type { Frame, TensorHead } from "./protocol.ts";

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

const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<TensorType, unknown>;

/** The types that tensors can have, by onnxruntime's names too. */
export const tensorTypes: readonly string[] = Object.keys(arrays);

/** Tensors as heads for a message and payloads for its frame. Numbers are not copied. */
export function encodeTensors(tensors: Readonly<Record<string, Tensor>>): {
  heads: TensorHead[];
  payloads: Uint8Array[];
} {
  const heads: TensorHead[] = [];
  const payloads: Uint8Array[] = [];
  for (const [name, { type, dims, data }] of Object.entries(tensors)) {
    heads.push({ name, type, dims });
    payloads.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return { heads, payloads };
}

/** The tensors of a received frame, by name. Each payload becomes a tensor's array without being copied. */
export function decodeTensors(
  heads: readonly TensorHead[],
  payloads: readonly Uint8Array[],
): Record<string, Tensor> {
  const tensors = heads.map(({ name, type, dims }, i): [string, Tensor] => {
    const buffer = payloads[i]!.buffer as ArrayBuffer;
    return [name, { type, dims, data: new arrays[type](buffer) }];
  });
  return Object.fromEntries(tensors);
}
