import type { Tensor, TensorType } from "../graph.ts";

/** What the server asks of a graph's process. Bytes follow the message: the model, when in memory, or the feeds. */
export type Request = OpenRequest | RunRequest;

export interface OpenRequest {
  readonly kind: "open";
  /** Path of the model, when it is a file. */
  readonly path?: string;
  readonly folder: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly device: string;
  readonly provider: string;
  readonly threads: number;
}

export interface RunRequest {
  readonly kind: "run";
  readonly feeds: readonly TensorHead[];
  readonly outputs: readonly string[];
}

/** One for each request, in their order. */
export type Reply =
  | { readonly kind: "done"; readonly outputs: readonly TensorHead[] }
  | { readonly kind: "failed"; readonly message: string };

/** A tensor without its numbers, which follow the message as raw bytes. */
export interface TensorHead {
  readonly name: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
}

export interface Frame<Message> {
  readonly message: Message;
  readonly payloads: readonly Uint8Array[];
}

/** The descriptor that both ends of a graph's process talk over: one duplex pipe beside the standard streams. */
export const channel = 3;

/** Bytes that a frame starts with: the length of its head. */
export const prefixBytes = 4;

/** The pieces of a frame, to be written in order: head length, head as JSON, payloads as they are. */
export function encodeFrame(frame: Frame<unknown>): Uint8Array[] {
  const sizes = frame.payloads.map((payload) => payload.byteLength);
  const head = Buffer.from(JSON.stringify({ message: frame.message, sizes }));
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32LE(head.length);
  return [Buffer.concat([prefix, head]), ...frame.payloads.filter((payload) => payload.length > 0)];
}

/** Bytes of the head that follows a prefix. */
export function headBytes(prefix: Uint8Array): number {
  return Buffer.from(prefix.buffer, prefix.byteOffset).readUInt32LE();
}

/** A head's message, and room for the payloads that follow it. */
export function decodeHead<Message>(head: Uint8Array): Frame<Message> {
  const { message, sizes } = JSON.parse(Buffer.from(head).toString()) as {
    message: Message;
    sizes: number[];
  };
  return { message, payloads: sizes.map((size) => new Uint8Array(size)) };
}

const arrays = {
  float32: Float32Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const satisfies Record<TensorType, unknown>;

export const tensorTypes: readonly string[] = Object.keys(arrays);

export function encodeTensors(tensors: Readonly<Record<string, Tensor>>): {
  heads: TensorHead[];
  payloads: Uint8Array[];
} {
  const entries = Object.entries(tensors);
  return {
    heads: entries.map(([name, { type, dims }]) => ({ name, type, dims })),
    payloads: entries.map(
      ([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ),
  };
}

export function decodeTensors(
  heads: readonly TensorHead[],
  payloads: readonly Uint8Array[],
): Record<string, Tensor> {
  const tensors = heads.map(({ name, type, dims }, i): [string, Tensor] => {
    const payload = payloads[i] ?? new Uint8Array();
    return [name, { type, dims, data: new arrays[type](payload.buffer as ArrayBuffer) }];
  });
  return Object.fromEntries(tensors);
}
