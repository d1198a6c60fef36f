import { readFile } from "node:fs/promises";
import type Koa from "koa";

/** An upload as parsers leave it: formidable (koa-body), multer, express-fileupload. */
interface Upload {
  /** Multer alone; with others it is the key. */
  readonly fieldname?: string;
  readonly originalFilename?: string | null;
  readonly originalname?: string;
  readonly name?: string | null;
  readonly mimetype?: string | null;
  readonly type?: string | null;
  readonly buffer?: Uint8Array;
  readonly data?: Uint8Array;
  readonly filepath?: string;
  readonly path?: string;
  readonly tempFilePath?: string;
}

interface Holder {
  readonly file?: unknown;
  readonly files?: unknown;
}

/**
 * The files of a form that the application's own parser has read, by the names of their fields. They stay where that parser put them.
 * An http-error when one has neither bytes nor a path.
 */
export async function uploads(ctx: Koa.Context): Promise<readonly (readonly [string, File])[]> {
  const holders: readonly Holder[] = [ctx.request as Holder, ctx.req as Holder, ctx as Holder];
  // Parsers leave the same file in several places.
  const found = new Map<unknown, string>();
  for (const { file, files } of holders) {
    for (const [name, upload] of [...listed(file), ...listed(files)]) found.set(upload, name);
  }
  return Promise.all(
    Array.from(
      found,
      async ([upload, name]) => [name, await fileOf(ctx, name, upload as Upload)] as const,
    ),
  );
}

/** Fields' names and uploads of one upload, of a list, or of lists by name. */
function listed(files: unknown, name?: string): readonly (readonly [string, unknown])[] {
  if (typeof files !== "object" || files === null) return [];
  if (Array.isArray(files)) return files.flatMap((each) => listed(each, name));
  const { fieldname } = files as Upload;
  const field = typeof fieldname === "string" ? fieldname : name;
  if (field !== undefined) return [[field, files]];
  return Object.entries(files).flatMap(([key, each]) => listed(each, key));
}

async function fileOf(ctx: Koa.Context, field: string, upload: Upload): Promise<File> {
  if (upload instanceof File) return upload;
  const name = upload.originalFilename ?? upload.originalname ?? upload.name ?? field;
  const type = upload.mimetype ?? upload.type ?? "";
  const path = upload.filepath ?? upload.path ?? (upload.tempFilePath || undefined);
  const bytes = path === undefined ? (upload.buffer ?? upload.data) : await readFile(path);
  if (bytes instanceof Uint8Array) return new File([Uint8Array.from(bytes)], name, { type });
  return ctx.throw(
    500,
    `The upload "${field}" was read before these routes, and was left without bytes or a path. Mount them before what reads it.`,
    { expose: true },
  );
}
