import { KernelError } from "@kindred/core";
import type Koa from "koa";
import { koaBody } from "koa-body";
import { FormParts } from "./form-parts.ts";
import type { Counted, FormPart } from "./form-parts.ts";
import { decodeUtf8 } from "./utf8.ts";

type Field = readonly [name: string, value: unknown];

/** Reads a multipart form of at most `limit` bytes. Uploads are web Files. */
export async function readForm(ctx: Koa.Context, limit: number): Promise<unknown> {
  if ((ctx.request.length ?? 0) > limit) throw tooLarge("bytes", limit);
  const fields = await Promise.all((await partsOf(ctx, limit)).map(fieldOf));
  return merge(fields);
}

/** Rejects as soon as there is too much; the rest is read and let go of. */
function partsOf(ctx: Koa.Context, limit: number): Promise<readonly FormPart[]> {
  return new Promise((resolve, reject) => {
    const parts = new FormParts(limit, (...excess) => reject(tooLarge(...excess)));
    const parse = koaBody({
      json: false,
      text: false,
      urlencoded: false,
      multipart: true,
      // Formidable's own way with parts takes a file without a type for text, and loses some names.
      formidable: { onPart: (part) => parts.add(part) },
      onError: (error) => ctx.throw(400, `The form cannot be read: ${error.message}.`),
    });
    parse(ctx, async () => {}).then(() => resolve(parts.all), reject);
  });
}

/** A part with a type but no file name is a text field whose client says its type. */
async function fieldOf({ name, fileName, type, chunks }: FormPart): Promise<Field> {
  if (!name) throw new KernelError("INVALID_INPUT", "The form has a part without a name.");
  if (fileName !== null) return [name, new File(chunks, fileName, { type })];
  const text = await decodeUtf8(Buffer.concat(chunks));
  if (text !== undefined) return [name, text];
  throw new KernelError("INVALID_INPUT", `${name} is not valid UTF-8.`, { param: name });
}

/** `name[]` is a list even of one; a bare name is a list when it is repeated. */
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

function tooLarge(what: Counted, limit: number): Error {
  const excess = what === "bytes" ? "is larger than" : "has more than";
  const message = `The form ${excess} ${limit} ${what}.`;
  return Object.assign(new Error(message), { status: 413, expose: true });
}
