import { execFileSync } from "node:child_process";
import { mkdir, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { bytesField } from "../../packages/core/src/onnx/export/message.ts";

/** Makes what a folder has of the name `file`, in the place of what it had. */
export type Make = (file: string) => unknown;

export const pipe: Make = (file) => execFileSync("mkfifo", [file]);
export const directory: Make = (file) => mkdir(file);
export const nothing: Make = () => {};

export function linkTo(target: string): Make {
  return (file) => symlink(target, file);
}

export async function socket(file: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(file, resolve));
  // Its file stays: closing the server would remove it.
  server.unref();
}

export function text(content: string | Uint8Array): Make {
  return (file) => writeFile(file, content);
}

export function json(value: unknown): Make {
  return text(JSON.stringify(value));
}

/** A file of so many bytes that takes none of the disk. */
export function sparse(bytes: number): Make {
  return async (file) => {
    await writeFile(file, "");
    await truncate(file, bytes);
  };
}

/** An array of a million times this. */
export function million(part: string): Make {
  return text(`[${Array.from({ length: 1_000_000 }, () => part).join()}]`);
}

/** A safetensors file of this header, with so many bytes of tensors. */
export function header(content: string | object, data = 8): Make {
  const bytes = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return text(Buffer.concat([length, bytes, Buffer.alloc(data)]));
}

/** A safetensors file of one tensor "a" of eight bytes, but for these members. */
export function tensor(members: object): Make {
  return header({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...members } });
}

/** An .onnx file of a million nodes without content. */
export function nodes(): Make {
  const node = bytesField(1, Buffer.of());
  return text(bytesField(7, Buffer.concat(Array.from({ length: 1_000_000 }, () => node))));
}
