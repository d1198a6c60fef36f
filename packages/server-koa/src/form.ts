import { Writable } from "node:stream";
import type Koa from "koa";
import { koaBody } from "koa-body";

interface Upload {
  readonly originalFilename: string | null;
  readonly mimetype: string | null;
}
type Field = readonly [name: string, value: unknown];

const mostFiles = 64;

/** Reads a multipart form of at most `limit` bytes. Uploads are kept in memory, as web Files: nothing is written to disk, so nothing is left there. */
export async function readForm(ctx: Koa.Context, limit: number): Promise<unknown> {
  if ((ctx.request.length ?? 0) > limit) throw tooLarge(ctx, limit);
  const contents = new Map<unknown, Buffer<ArrayBuffer>[]>();
  const parse = koaBody({
    json: false,
    text: false,
    urlencoded: false,
    multipart: true,
    formidable: {
      allowEmptyFiles: true,
      minFileSize: 0,
      maxFiles: mostFiles,
      maxFileSize: limit,
      maxTotalFileSize: limit,
      maxFieldsSize: limit,
      fileWriteStreamHandler: (upload) => collector(contents, upload),
    },
    onError: (error) => {
      if ("httpCode" in error && error.httpCode === 413) throw tooLarge(ctx, limit);
      ctx.throw(400, `The form cannot be read: ${error.message}.`);
    },
  });
  await parse(ctx, async () => {});
  const files = Object.entries(ctx.request.files ?? {}).map(([name, uploads]): Field => {
    return [name, [uploads].flat().map((upload) => received(upload, contents.get(upload) ?? []))];
  });
  return merge([...Object.entries(ctx.request.body as object), ...files]);
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

function collector(contents: Map<unknown, Buffer<ArrayBuffer>[]>, upload: unknown): Writable {
  const chunks: Buffer<ArrayBuffer>[] = [];
  contents.set(upload, chunks);
  return new Writable({
    write(chunk: Buffer<ArrayBuffer>, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
}

/** A part with a type but no file name is a text field whose client says its type. */
function received(upload: Upload, chunks: Buffer<ArrayBuffer>[]): File | string {
  const { originalFilename, mimetype } = upload;
  if (originalFilename === null) return Buffer.concat(chunks).toString();
  return new File(chunks, originalFilename, { type: mimetype ?? "" });
}

function tooLarge(ctx: Koa.Context, limit: number): unknown {
  return ctx.throw(413, `The form is larger than ${limit} bytes.`);
}
