import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodyParser } from "@koa/bodyparser";
import Koa from "koa";
import { koaBody } from "koa-body";
import mount from "koa-mount";
import { afterAll, expect, test } from "vitest";
import { openai } from "../../src/openai.ts";
import { blue, form, mirror, red, send } from "../forms.ts";
import { listen, post, standIn } from "../stand-in.ts";

/** Reads the whole body and leaves it somewhere on Koa's context, its request, or Node's request. */
function leaving(leave: (ctx: Koa.Context, bytes: Buffer) => unknown): Koa.Middleware {
  return async (ctx, next) => {
    await leave(ctx, Buffer.concat(await ctx.req.toArray()));
    await next();
  };
}

const on = (target: object, facts: object): unknown => Object.assign(target, facts);
const json = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

const jsonParsers: readonly (readonly [string, Koa.Middleware])[] = [
  ["koa-bodyparser", bodyParser()],
  ["koa-bodyparser that takes forms alone", bodyParser({ enableTypes: ["form"] })],
  ["koa-body", koaBody()],
  ["koa-body that leaves JSON alone", koaBody({ json: false })],
  ["a parser like Express's", leaving((ctx, bytes) => on(ctx.req, { body: json(bytes) }))],
  ["a parser of bytes", leaving((ctx, bytes) => on(ctx.request, { body: bytes }))],
  ["a parser of bytes like Express's", leaving((ctx, bytes) => on(ctx.req, { body: bytes }))],
  [
    "a parser of arrays of bytes",
    leaving((ctx, bytes) => on(ctx.request, { body: Uint8Array.from(bytes) })),
  ],
  ["a parser of texts", leaving((ctx, bytes) => on(ctx.request, { body: bytes.toString() }))],
  [
    "a parser that leaves the bytes alone",
    leaving((ctx, bytes) => on(ctx.req, { body: {}, rawBody: bytes })),
  ],
];

test.each(jsonParsers)("after %s, JSON is answered", async (_, parser) => {
  for (const path of ["", "/inner"]) {
    const app = new Koa().use(parser);
    app.use(path === "" ? openai(standIn()) : mount(path, openai(standIn())));
    await using server = await listen(app);
    const reply = await post(`${server.url}${path}/v1/echo`, { text: "漢字", times: 2 });
    expect([reply.status, (await reply.json()).output]).toEqual([200, "漢字"]);
    const wrong = await post(`${server.url}${path}/v1/echo`, { text: "a", colour: "red" });
    expect([wrong.status, (await wrong.json()).error.param]).toEqual([400, "colour"]);
  }
});

test.each([
  ["bytes", (bytes: Buffer) => bytes],
  ["a text", (bytes: Buffer) => bytes.toString()],
])("a fault in JSON that was left as %s is told with its place", async (_, body) => {
  const app = new Koa().use(leaving((ctx, bytes) => on(ctx.request, { body: body(bytes) })));
  await using server = await listen(app.use(openai(standIn())));
  const reply = await post(`${server.url}/v1/echo`, '{"text": "a",}');
  expect([reply.status, (await reply.json()).error.message]).toEqual([
    400,
    'The body is not valid JSON: a comma before "}" at line 1, column 14.',
  ]);
  const plain = await post(`${server.url}/v1/echo`, "a", { "content-type": "text/plain" });
  expect([plain.status, (await plain.json()).error.message]).toEqual([
    415,
    expect.stringContaining('"text/plain"'),
  ]);
});

test("in another framework's application, after its parser and under its path, requests are answered", async () => {
  const callback = new Koa().use(openai(standIn())).callback();
  const outer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body: unknown = JSON.parse(Buffer.concat(await request.toArray()).toString());
    Object.assign(request, {
      body,
      originalUrl: request.url,
      url: request.url!.slice("/in".length),
    });
    await callback(request, response);
  };
  await using server = await listen({
    callback:
      () =>
      (...both) =>
        void outer(...both),
  });
  const reply = await post(`${server.url}/in/v1/echo`, { text: "a" });
  expect((await reply.json()).output).toBe("a");
});

const filed = { text: "form", times: 1, images: [["red.png", "image/png", "ff000d0a"]] };

const parts: Parameters<typeof form>[0] = [
  ["text", "form"],
  ["image[]", red],
];

interface Part {
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: Buffer;
}

/** The files of a form, as a parser of the application's own finds them. */
async function filesOf(ctx: Koa.Context, sent: Buffer): Promise<readonly Part[]> {
  const headers = { "content-type": ctx.get("content-type") };
  const data = await new Response(Uint8Array.from(sent), { headers }).formData();
  const found: Part[] = [];
  for (const [field, file] of data) {
    if (typeof file === "string") continue;
    const bytes = Buffer.from(await file.arrayBuffer());
    found.push({ field, name: file.name, type: file.type, bytes });
  }
  return found;
}

/** A parser that leaves the form's text in `body`, and its files as `leave` does. */
function leavingFiles(
  leave: (ctx: Koa.Context, files: readonly Part[]) => unknown,
): Koa.Middleware {
  return leaving(async (ctx, bytes) => leave(ctx, await filesOf(ctx, bytes)));
}

/** An upload as multer describes it. */
function multered({ field, name, type, bytes }: Part): object {
  return { fieldname: field, originalname: name, mimetype: type, buffer: bytes };
}

const body = { text: "form" };

const directory = await mkdtemp(join(tmpdir(), "kindred-uploads-"));
afterAll(() => rm(directory, { recursive: true }));

async function stored({ name, bytes }: Part): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

const formParsers: readonly (readonly [string, Koa.Middleware])[] = [
  ["koa-bodyparser", bodyParser()],
  ["koa-body", koaBody({ multipart: true })],
  ["a parser of bytes", leaving((ctx, bytes) => on(ctx.request, { body: bytes }))],
  [
    "a parser that leaves bytes beside",
    leaving((ctx, bytes) => on(ctx.req, { body: {}, rawBody: bytes })),
  ],
  [
    "multer, in memory",
    leavingFiles((ctx, files) => {
      const left = { body: Object.assign(Object.create(null), body), files: files.map(multered) };
      on(ctx.req, left);
      on(ctx.request, left);
    }),
  ],
  [
    "multer, of one file on disk",
    leavingFiles(async (ctx, [file]) => {
      const { buffer: _, ...upload } = multered(file!) as { buffer: Buffer };
      on(ctx.req, { body, file: { ...upload, path: await stored(file!) } });
    }),
  ],
  [
    "multer, by fields",
    leavingFiles((ctx, files) => {
      on(ctx, { files: { [files[0]!.field]: files.map(multered) } });
      on(ctx.request, { body });
    }),
  ],
  [
    "express-fileupload",
    leavingFiles((ctx, [file]) => {
      const { field, name, type: mimetype, bytes: data } = file!;
      on(ctx.req, { body, files: { [field]: { name, mimetype, data, tempFilePath: "" } } });
    }),
  ],
  [
    "an older formidable",
    leavingFiles(async (ctx, [file]) => {
      const { field, name, type } = file!;
      on(ctx.request, { body, files: { [field]: { name, type, path: await stored(file!) } } });
    }),
  ],
];

test.each(formParsers)("after %s, a form and its files are answered", async (_, parser) => {
  await using server = await listen(new Koa().use(parser).use(openai(standIn(mirror))));
  const { reply } = await send(`${server.url}/v1/echo`, form(parts));
  expect(reply.output).toEqual(filed);
});

test("several files of one field all come, in their order", async () => {
  const parser = leavingFiles((ctx, files) => on(ctx.req, { body, files: files.map(multered) }));
  await using server = await listen(new Koa().use(parser).use(openai(standIn(mirror))));
  const { reply } = await send(`${server.url}/v1/echo`, form([...parts, ["image[]", blue]]));
  expect(reply.output.images.map(([name]: [string]) => name)).toEqual(["red.png", "blue.webp"]);
});

test.each([
  ["JSON, and left it nowhere", leaving(() => {}), undefined],
  ["a form, and left it nowhere", leaving(() => {}), form(parts)],
  ["a form, and left nothing of it", leaving((ctx) => on(ctx.request, { body: {} })), form(parts)],
  [
    "a form as a text",
    leaving((ctx, bytes) => on(ctx.request, { body: bytes.toString() })),
    form(parts),
  ],
  [
    "a form's files, and left neither bytes nor a path",
    leaving((ctx) => on(ctx.request, { body: { text: "form" }, files: { image: { size: 4 } } })),
    form(parts),
  ],
])("the error says that something before read %s, and is the server's", async (_, reader, sent) => {
  await using server = await listen(new Koa().use(reader).use(openai(standIn())));
  const url = `${server.url}/v1/echo`;
  const response = await (sent
    ? fetch(url, { method: "POST", body: sent })
    : post(url, { text: "a" }));
  const { status, headers } = response;
  const reply = await response.json();
  expect([status, reply.error.type, reply.error.code]).toEqual([500, "server_error", null]);
  expect(reply.error.message).toMatch(
    /read .*before these routes.*ount them before what reads it\./,
  );
  expect(headers.get("x-should-retry")).toBe("false");
});

test("a broken form that was left as bytes is a 400", async () => {
  const app = new Koa().use(leaving((ctx, bytes) => on(ctx.request, { body: bytes })));
  await using server = await listen(app.use(openai(standIn())));
  const type = { "content-type": "multipart/form-data; boundary=x" };
  const reply = await post(`${server.url}/v1/echo`, "no form at all", type);
  expect([reply.status, (await reply.json()).error.code]).toEqual([400, "INVALID_INPUT"]);
});
