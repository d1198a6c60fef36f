import { isUtf8 } from "node:buffer";
import { KernelError } from "@kindred/core";
import type Koa from "koa";
import { koaBody } from "koa-body";
import type { HeldBody } from "./body-memory.ts";
import { FormParts, formWeight, tooLarge } from "./form-parts.ts";
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
  maxBytes: number,
  held: HeldBody,
): Promise<unknown> {
  if (encodingOf(ctx) !== "identity") refuseEncoding(ctx, []);
  const stated = ctx.request.length ?? 0;
  if (stated > maxBytes) throw tooLarge("bytes", maxBytes);
  held.check(stated * formWeight);
  const fields = await Promise.all((await partsOf(ctx, maxBytes, held)).map(fieldOf));
  return merge(fields);
}

/** Rejects as soon as there is too much. The rest is read and dropped. */
function partsOf(ctx: Koa.Context, maxBytes: number, held: HeldBody): Promise<readonly FormPart[]> {
  return new Promise((resolve, reject) => {
    const parts = new FormParts({ maxBytes, held, refuse: reject });
    const parse = koaBody({
      json: false,
      text: false,
      urlencoded: false,
      multipart: true,
      // Formidable's own handling takes a file without a type for text and loses some names.
      formidable: { onPart: (part) => parts.add(part) },
      onError: (error) => ctx.throw(400, `The form cannot be read: ${error.message}.`),
    });
    parse(ctx, async () => {}).then(() => resolve(parts.all), reject);
  });
}

/** A part with a file name is a file. Any other is a text, also when its client states its type. */
async function fieldOf({ name, fileName, type, chunks }: FormPart): Promise<Field> {
  if (!name) throw new KernelError("INVALID_INPUT", "The form has a part without a name.");
  if (fileName !== null) return [name, new File(chunks, fileName, { type })];
  const bytes = Buffer.concat(chunks);
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
