import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Endpoint } from "@kindred/core";
import type { Request } from "./request.ts";
import { UsageError } from "./usage-error.ts";

type Fields = Request["fields"];

/** The fields, in which each "@PATH" of a field that takes files is that file. UsageError when it cannot be read. */
export async function withFiles({ files = [] }: Endpoint, fields: Fields): Promise<Fields> {
  const entries = Object.entries(fields).map(async ([name, value]) => {
    if (!files.includes(name)) return [name, value];
    if (!Array.isArray(value)) return [name, await fileFor(name, value)];
    return [name, await Promise.all(value.map((each: unknown) => fileFor(name, each)))];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function fileFor(name: string, value: unknown): Promise<unknown> {
  if (typeof value !== "string" || !value.startsWith("@")) return value;
  const path = value.slice(1);
  try {
    return new File([Uint8Array.from(await readFile(path))], basename(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`${name}=@${path} cannot be read: ${code}.`, { cause });
  }
}
