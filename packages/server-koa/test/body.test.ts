import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";
import Koa from "koa";
import { koaBody } from "koa-body";
import { expect, test, vi } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import { deferred, listen, post, standIn } from "./stand-in.ts";
import type { Run } from "./stand-in.ts";

/** Read when the form parser is imported; other processes' files stay out of the comparison. */
vi.hoisted(() => {
  process.env["TMPDIR"] = process.getBuiltinModule("node:fs").mkdtempSync("/tmp/kindred-body-");
});

/** Replies with the form as the task got it. */
const mirror: Run = async ({ text, times, images }) => ({
  text,
  times,
  images: await Promise.all(
    images.map(async (image) => [
      image.name,
      image.type,
      Buffer.from(await image.arrayBuffer()).toString("hex"),
    ]),
  ),
});

function form(fields: readonly (readonly [string, string | File])[]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value, value.name);
  }
  return data;
}

const red = new File([Uint8Array.of(0xff, 0x00, 0x0d, 0x0a)], "red.png", { type: "image/png" });
const blue = new File([Uint8Array.of(0x00, 0xff)], "blue.webp", { type: "image/webp" });

async function send(url: string, data: FormData): Promise<{ status: number; reply: any }> {
  const response = await fetch(url, { method: "POST", body: data });
  return { status: response.status, reply: await response.json() };
}

test.each([
  ['{"text": "a",}', 'a comma before "}" at line 1, column 14'],
  ['{\n  "text": ["a", "b",\n  ]\n}', 'a comma before "]" at line 3, column 3'],
  ['{"text" "a"}', "colon expected at line 1, column 9"],
  ['{"text": "a"', "close brace expected at line 1, column 13"],
  ["{'text': 1}", "invalid symbol at line 1, column 2"],
  ['{"text": 1} // no', "invalid comment token at line 1, column 13"],
  ["", "it is empty"],
])("%j is refused, saying where", async (body, where) => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, body);
  expect(response.status).toBe(400);
  expect((await response.json()).error).toEqual({
    message: `The body is not valid JSON: ${where}.`,
    type: "invalid_request_error",
    param: null,
    code: "INVALID_INPUT",
  });
});

test.each(["gzip", "deflate", "br"])(
  "a body that is not %s, as it says, is a 400",
  async (encoding) => {
    await using server = await listen(createApp(standIn()));
    const response = await post(`${server.url}/v1/echo`, "{}", { "content-encoding": encoding });
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toMatch(`cannot be decoded as ${encoding}`);
  },
);

test("an encoding that is not known is a 415 that names those that are", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, "{}", { "content-encoding": "zstd" });
  expect(response.status).toBe(415);
  expect((await response.json()).error.message).toMatch(/"zstd".* gzip, deflate, br/);
});

test.each(["text/plain", "application/x-www-form-urlencoded", "image/png"])(
  "%s is a 415",
  async (type) => {
    await using server = await listen(createApp(standIn()));
    const response = await post(`${server.url}/v1/echo`, '{"text":"a"}', { "content-type": type });
    expect(response.status).toBe(415);
    expect((await response.json()).error.message).toContain(`"${type}"`);
  },
);

test("a request without a body is a 4xx envelope", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await fetch(`${server.url}/v1/echo`, { method: "POST" });
  expect(response.status).toBe(415);
  expect((await response.json()).error.message).toContain("there is no content type");
});

test("compressed JSON and other JSON types are read", async () => {
  await using server = await listen(createApp(standIn()));
  const zipped = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8", "content-encoding": "gzip" },
    body: gzipSync('{"text":"漢字"}'),
  });
  expect((await zipped.json()).output).toBe("漢字");
  const other = await post(
    `${server.url}/v1/echo`,
    { text: "a" },
    { "content-type": "application/vnd.x+json" },
  );
  expect((await other.json()).output).toBe("a");
});

test("JSON that is not UTF-8 is a 400 that says so", async () => {
  await using server = await listen(createApp(standIn()));
  const body = Buffer.concat([Buffer.from('{"text":"'), Buffer.of(0xc3, 0x28), Buffer.from('"}')]);
  const response = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(response.status).toBe(400);
  expect((await response.json()).error.message).toBe("The body is not valid UTF-8.");
});

test("characters that lie across chunks and slices arrive whole, behind a byte order mark", async () => {
  await using server = await listen(createApp(standIn()));
  const text = `a${"漢🦜é".repeat(100_000)}`;
  const response = await post(`${server.url}/v1/echo`, `\ufeff${JSON.stringify({ text })}`);
  expect((await response.json()).output).toBe(text);
});

test.each(["utf-16le", "latin1", "nope"])("the charset %s is a 415", async (charset) => {
  await using server = await listen(createApp(standIn()));
  const type = { "content-type": `application/json; charset=${charset}` };
  const response = await post(`${server.url}/v1/echo`, '{"text":"a"}', type);
  expect(response.status).toBe(415);
  expect((await response.json()).error.message).toContain(`"${charset}"`);
});

test.each([
  ["a compressed body over the limit", 413, gzipSync(randomBytes(1_000_000)), "gzip"],
  ["a body over the limit, of no told length", 413, randomBytes(1_000_000), "identity"],
  ["a long body that is not compressed, as it says", 400, randomBytes(1_000_000), "gzip"],
])("the connection is of use after %s", async (_, status, body, encoding) => {
  await using server = await listen(createApp(standIn(), { limits: { json: 100_000 } }));
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async (sent: Buffer, headers: Record<string, string> = {}): Promise<number> => {
    const sending = request(`${server.url}/v1/echo`, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
    });
    const responding = once(sending, "response");
    sending.write(sent.subarray(0, 10));
    sending.end(sent.subarray(10));
    const [response] = await responding;
    await response.toArray();
    return response.statusCode;
  };
  expect(await ask(body, { "content-encoding": encoding })).toBe(status);
  expect(await ask(Buffer.from('{"text":"a"}'))).toBe(200);
  agent.destroy();
});

test("a compressed bomb stops at the limit", async () => {
  await using server = await listen(createApp(standIn(), { limits: { json: 100_000 } }));
  const response = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
    body: gzipSync(`{"text":"${"a".repeat(10_000_000)}"}`),
  });
  expect(response.status).toBe(413);
});

test("a 100 MB body is refused before it is read", async () => {
  await using server = await listen(createApp(standIn()));
  for (const type of ["application/json", "multipart/form-data; boundary=x"]) {
    const sending = request(`${server.url}/v1/echo`, {
      method: "POST",
      headers: { "content-type": type, "content-length": 100 << 20 },
    });
    sending.on("error", () => {});
    sending.write("{");
    const [response] = await once(sending, "response");
    expect(response.statusCode).toBe(413);
    const { error } = JSON.parse((await response.toArray()).join(""));
    expect(error.message).toMatch(/larger than \d+ bytes/);
    sending.destroy();
  }
});

test("a client that sends all of its 100 MB still gets the answer", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, `{"text":"${"a".repeat(100 << 20)}"}`);
  expect(response.status).toBe(413);
  expect((await response.json()).error.code).toBe("INVALID_INPUT");
});

test("a form over its limit is a 413, by its length or as it comes", async () => {
  await using server = await listen(createApp(standIn(), { limits: { form: 1_000 } }));
  const data = form([["image", new File([Buffer.alloc(5_000)], "big.png", { type: "image/png" })]]);
  expect((await send(`${server.url}/v1/echo`, data)).status).toBe(413);
  const counted = new Response(data);
  const chunked = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": counted.headers.get("content-type")! },
    body: counted.body,
    duplex: "half",
  } as RequestInit);
  expect(chunked.status).toBe(413);
});

test.each([
  ["application/json", "", '{"text": "'],
  ["application/json", "content-encoding: gzip\r\n", gzipSync('{"text":"a"}').subarray(0, 12)],
  [
    "multipart/form-data; boundary=x",
    "",
    '--x\r\ncontent-disposition: form-data; name="image"; filename="a.png"\r\ncontent-type: image/png\r\n\r\nabc',
  ],
])("a body of %s %s that stops half-way leaves nothing behind", async (type, header, half) => {
  const begun = deferred();
  const ended = deferred<number>();
  const app = new Koa();
  app.silent = true;
  app.use(async (ctx, next) => {
    if (ctx.get("user-agent") !== "half") return next();
    ctx.req.once("data", begun.resolve);
    await next();
    ended.resolve(ctx.status);
  });
  app.use(openai(standIn()));
  const before = await readdir(tmpdir());
  await using server = await listen(app);
  const socket = connect(server.port, "127.0.0.1");
  socket.write(
    `POST /v1/echo HTTP/1.1\r\nhost: x\r\nuser-agent: half\r\ncontent-type: ${type}\r\n${header}content-length: 5000\r\n\r\n`,
  );
  socket.write(half);
  await begun.promise;
  socket.destroy();
  expect([400, 499]).toContain(await ended.promise);
  expect(await readdir(tmpdir())).toEqual(before);
  expect((await post(`${server.url}/v1/echo`, { text: "a" })).status).toBe(200);
});

test("uploads become files, whole and with their names and types", async () => {
  await using server = await listen(createApp(standIn(mirror)));
  const { reply } = await send(
    `${server.url}/v1/echo`,
    form([
      ["text", "a fox"],
      ["times", "2"],
      ["image", red],
    ]),
  );
  expect(reply.output).toEqual({
    text: "a fox",
    times: 2,
    images: [["red.png", "image/png", "ff000d0a"]],
  });
});

test("uploads are never written to disk", async () => {
  const before = await readdir(tmpdir());
  let during: string[] = [];
  await using server = await listen(
    createApp(
      standIn(async () => {
        during = await readdir(tmpdir());
      }),
    ),
  );
  await send(
    `${server.url}/v1/echo`,
    form([
      ["text", "a"],
      ["image", red],
      ["image", blue],
    ]),
  );
  expect(during).toEqual(before);
});

test.each([
  ["one under a bare name", [["image", red]], 1],
  [
    "a repeated name",
    [
      ["image", red],
      ["image", blue],
    ],
    2,
  ],
  ["a list of one", [["image[]", red]], 1],
  [
    "a list",
    [
      ["image[]", red],
      ["image[]", blue],
    ],
    2,
  ],
  [
    "both spellings",
    [
      ["image", red],
      ["image[]", blue],
    ],
    2,
  ],
] as const)("%s is normalised", async (_, images, count) => {
  await using server = await listen(createApp(standIn(mirror)));
  const { reply } = await send(`${server.url}/v1/echo`, form([["text[]", "only"], ...images]));
  expect(reply.output.text).toEqual(["only"]);
  expect(reply.output.images).toHaveLength(count);
});

test("a text part that states its type is a field", async () => {
  await using server = await listen(createApp(standIn(mirror)));
  const response = await post(
    `${server.url}/v1/echo`,
    '--x\r\ncontent-disposition: form-data; name="text"\r\ncontent-type: text/plain; charset=utf-8\r\n\r\n漢字\r\n--x--\r\n',
    { "content-type": "multipart/form-data; boundary=x" },
  );
  expect((await response.json()).output.text).toBe("漢字");
});

test("an unknown field of a form is named", async () => {
  await using server = await listen(createApp(standIn()));
  const { status, reply } = await send(
    `${server.url}/v1/echo`,
    form([
      ["text", "a"],
      ["mask", red],
    ]),
  );
  expect(status).toBe(400);
  expect(reply.error.param).toBe("mask");
});

test("a field called __proto__ is an unknown field", async () => {
  await using server = await listen(createApp(standIn()));
  const fields = [
    ["text", "a"],
    ["__proto__", "x"],
  ] as const;
  const { status, reply } = await send(`${server.url}/v1/echo`, form(fields));
  expect([status, reply.error.param]).toEqual([400, "__proto__"]);
});

test.each([
  ["fields", (index: number) => [`f${index}`, "x"] as const, "1000 fields"],
  ["files", (index: number) => [`f${index}`, red] as const, "64 files"],
])("a form of too many %s is a 413 that says so", async (_, part, most) => {
  await using server = await listen(createApp(standIn()));
  const data = form(Array.from({ length: 1_100 }, (_each, index) => part(index)));
  const { status, reply } = await send(`${server.url}/v1/echo`, data);
  expect([status, reply.error.message]).toEqual([413, `The form has more than ${most}.`]);
});

function part(disposition: string, content: string | Buffer): Buffer<ArrayBuffer> {
  const head = `--x\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from("\r\n--x--\r\n")]);
}

async function sendPart(disposition: string, content: string | Buffer): Promise<any> {
  await using server = await listen(createApp(standIn(mirror)));
  const response = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=x" },
    body: part(disposition, content),
  });
  return { status: response.status, ...(await response.json()) };
}

test.each(['x="text"', 'name=""'])("a part without a name (%s) is a 400", async (disposition) => {
  const { status, error } = await sendPart(disposition, "a");
  expect(status).toBe(400);
  expect(error).toMatchObject({ message: "The form has a part without a name.", param: null });
});

test("a file that states no type is a file", async () => {
  const { status, error } = await sendPart('name="text"; filename="a.txt"', "a");
  expect([status, error.param]).toEqual([400, "text"]);
});

test("a text field that is not UTF-8 is a 400 that names it", async () => {
  const { status, error } = await sendPart('name="text"', Buffer.of(0x61, 0xff));
  expect([status, error.param]).toEqual([400, "text"]);
  expect(error.message).toContain("UTF-8");
});

test.each(["multipart/form-data", "multipart/form-data; boundary=x"])(
  "a broken form (%s) is a 400",
  async (type) => {
    await using server = await listen(createApp(standIn()));
    const response = await post(`${server.url}/v1/echo`, "this is no form", {
      "content-type": type,
    });
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toMatch(/form/);
  },
);

test("what the application's own parser read is taken", async () => {
  const app = new Koa();
  app.use(koaBody({ multipart: true }));
  app.use(openai(standIn(mirror)));
  await using server = await listen(app);
  expect((await (await post(`${server.url}/v1/echo`, { text: "json" })).json()).output.text).toBe(
    "json",
  );
  const { reply } = await send(
    `${server.url}/v1/echo`,
    form([
      ["text", "form"],
      ["image[]", red],
    ]),
  );
  expect(reply.output).toEqual({
    text: "form",
    times: 1,
    images: [["red.png", "image/png", "ff000d0a"]],
  });
});

test("a form that the application's parser left unread is read", async () => {
  const app = new Koa();
  app.use((ctx, next) => {
    ctx.request.body = {};
    return next();
  });
  app.use(openai(standIn(mirror)));
  await using server = await listen(app);
  const { reply } = await send(
    `${server.url}/v1/echo`,
    form([
      ["text", "form"],
      ["image", blue],
    ]),
  );
  expect(reply.output.images).toEqual([["blue.webp", "image/webp", "00ff"]]);
});
