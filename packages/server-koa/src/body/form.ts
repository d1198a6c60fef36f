import { isUtf8 } from "node:buffer";
import type { EventEmitter } from "node:events";
import { KernelError, TimeSlice } from "@kindred/core";
import formidable from "formidable";
import type Koa from "koa";
import { tooManyBytes } from "./body-bound.ts";
import type { BodyBound } from "./body-bound.ts";
import type { HeldBody } from "./body-memory.ts";
import { FormParts, formWeight } from "./form-parts.ts";
import type { FormPart } from "./form-parts.ts";
import { encodingOf, refuseEncoding } from "./inflater.ts";
import { decodeUtf8 } from "./utf8.ts";

type Field = readonly [name: string, value: unknown];

/**
 * The fields of a multipart form, counted in `held` as they come. Uploads are web Files. INVALID_INPUT, OVERLOADED, or an http-error when it
 * is too large, compressed or broken.
 */
export async function readForm(
  ctx: Koa.Context,
  bound: BodyBound,
  held: HeldBody,
): Promise<unknown> {
  if (encodingOf(ctx) !== "identity") refuseEncoding(ctx, []);
  const stated = ctx.request.length ?? 0;
  if (stated > bound.maxBytes) throw tooManyBytes("form", bound);
  held.check(stated * formWeight);
  const fields = await Promise.all((await partsOf(ctx, bound, held)).map(fieldOf));
  return merge(fields);
}

/** Rejects as soon as there is too much. The rest is read and dropped. */
async function partsOf(
  ctx: Koa.Context,
  bound: BodyBound,
  held: HeldBody,
): Promise<readonly FormPart[]> {
  const { req: request } = ctx;
  const slice = new TimeSlice();
  try {
    return await new Promise((resolve, reject) => {
      const parts = new FormParts({ bound, held, refuse: reject });
      const form = formidable();
      // Formidable's own handling takes a file without a type for text and loses some names.
      form.onPart = (part) => parts.add(part);
      form.use((parsing) => onHeader(parsing, () => parts.addHeader()));
      // Told before each chunk is parsed: an error that is thrown here ends the parsing.
      form.on("progress", (bytes) => {
        parts.came(bytes);
        if (slice.isOver) pause(request, slice);
      });
      form.parse(request).then(
        () => resolve(parts.all),
        (error: Error) => reject(unreadable(error)),
      );
    });
  } finally {
    request.resume();
  }
}

/** Lets the loop turn. A chunk that is full of beginnings of a boundary is parsed for tens of milliseconds. */
function pause(request: Koa.Context["req"], slice: TimeSlice): void {
  request.pause();
  void slice.next().then(() => request.resume());
}

/** Calls back at the end of each header of a part: formidable keeps them all until the part's last, without a bound. */
function onHeader(parsing: object, heard: () => void): void {
  const { _parser: parser } = parsing as { readonly _parser: EventEmitter | null };
  parser?.on("data", ({ name }: { readonly name: string }) => {
    if (name === "headerEnd") heard();
  });
}

function unreadable({ message }: Error): Error {
  const text = `The form cannot be read: ${message}.`;
  return Object.assign(new Error(text), { status: 400, expose: true });
}

/** A part with a file name is a file. Any other is a text, also when its client states its type. */
async function fieldOf({ name, fileName, type, bytes: blocks }: FormPart): Promise<Field> {
  if (!name) throw new KernelError("INVALID_INPUT", "The form has a part without a name.");
  if (fileName !== null) return [name, new File(blocks.all, fileName, { type })];
  const bytes = Buffer.concat(blocks.all);
  if (isUtf8(bytes)) return [name, await decodeUtf8(bytes)];
  throw new KernelError("INVALID_INPUT", `${name} is not valid UTF-8.`, { param: name });
}

/** Joins fields of one name. `name[]` is always a list; a bare name is one when it is repeated. */
export function merge(fields: readonly Field[]): Readonly<Record<string, unknown>> {
  const lists = new Map<string, { values: unknown[]; list: boolean }>();
  for (const [key, value] of fields) {
    const name = key.replace(/\[\]$/, "");
    const entry = lists.get(name) ?? { values: [], list: false };
    entry.values.push(...[value].flat());
    entry.list ||= name !== key;
    lists.set(name, entry);
  }
  return Object.fromEntries(
    [...lists].map(([name, { values, list }]) => [
      name,
      list || values.length > 1 ? values : values[0],
    ]),
  );
}
