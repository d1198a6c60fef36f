/** Opcodes of one value, by which a test writes a pickle. */
export type Code = Buffer;

export function pickle(...body: readonly Code[]): Buffer {
  return Buffer.concat([Buffer.of(0x80, 2), ...body, code(".")]);
}

/** Opcodes as their characters. */
export function code(characters: string): Code {
  return Buffer.from(characters, "latin1");
}

export function text(value: string): Code {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([code("X"), length, bytes]);
}

export function integer(value: number): Code {
  const bytes = Buffer.alloc(5);
  bytes.write("J");
  bytes.writeInt32LE(value, 1);
  return bytes;
}

export function tuple(...items: readonly Code[]): Code {
  return Buffer.concat([code("("), ...items, code("t")]);
}

/** A dict of these names, or of pairs where a name stands twice. */
export function dict(
  entries: Readonly<Record<string, Code>> | readonly (readonly [string, Code])[],
): Code {
  const pairs = Array.isArray(entries) ? entries : Object.entries(entries);
  return Buffer.concat([
    code("}("),
    ...pairs.flatMap(([name, value]) => [text(name), value]),
    code("u"),
  ]);
}

export function named(module: string, name: string): Code {
  return code(`c${module}\n${name}\n`);
}

export const orderedDict: Code = Buffer.concat([named("collections", "OrderedDict"), code(")R")]);

export interface TensorCode {
  readonly key?: string;
  readonly type?: string;
  /** Elements of the storage. Default: 2. */
  readonly elements?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
}

/** A tensor; by default the two float32 numbers of the storage "0". */
export function tensor(facts: TensorCode = {}): Code {
  const { key = "0", type = "FloatStorage", elements = 2, offset = 0, shape = [2] } = facts;
  const { strides = shape.map((_, index) => product(shape.slice(index + 1))) } = facts;
  const id = [text("storage"), named("torch", type), text(key), text("cpu"), integer(elements)];
  const view = [integer(offset), tuple(...shape.map(integer)), tuple(...strides.map(integer))];
  const args = [tuple(...id), code("Q"), ...view, code("\x89"), orderedDict];
  return Buffer.concat([named("torch._utils", "_rebuild_tensor_v2"), tuple(...args), code("R")]);
}

function product(dims: readonly number[]): number {
  return dims.reduce((all, dim) => all * dim, 1);
}
