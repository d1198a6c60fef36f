import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import Koa from "koa";
import { koaBody } from "koa-body";
import { expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { openai } from "../../src/openai.ts";
import { blue, form, mirror, red, send } from "../forms.ts";
import { deferred, listen, post, standIn } from "../stand-in.ts";

/** The form parser reads this when it is imported. A folder of our own keeps other processes' files out of the comparison. */
vi.hoisted(() => {
  process.env["TMPDIR"] = process.getBuiltinModule("node:fs").mkdtempSync("/tmp/kindred-body-");
});

test.each(["gzip", "deflate", "br"])(
  "a body that says it is %s and is not is a 400",
  async (encoding) => {
    await using server = await listen(createApp(standIn()));
    const response = await post(`${server.url}/v1/echo`, "{}", { "content-encoding": encoding });
    expect(response.status).toBe(400);
    expect((await response.json()).error.message).toMatch(`cannot be decoded as ${encoding}`);
  },
);

test("an unknown encoding is a 415 that names the known ones", async () => {
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
  ["a body over the limit, without a stated length", 413, randomBytes(1_000_000), "identity"],
  ["a long body that says it is compressed and is not", 400, randomBytes(1_000_000), "gzip"],
  ["a compressed body that other bytes follow", 400, followed(gzipSync, 1_000_000), "gzip"],
])("the connection can be used again after %s", async (_, status, body, encoding) => {
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

/** `{"text":"a"}`, compressed, and so many bytes that do not belong to it. */
function followed(compress: (text: string) => Buffer, bytes: number): Buffer<ArrayBuffer> {
  return Buffer.concat([compress('{"text":"a"}'), Buffer.alloc(bytes)]);
}

test.each([
  ["gzip", gzipSync],
  ["deflate", deflateSync],
  ["br", brotliCompressSync],
] as const)(
  "bytes after the end of a body of %s are a 400 that says so",
  async (encoding, compress) => {
    await using server = await listen(createApp(standIn()));
    for (const bytes of [1, 1_000, 300_000]) {
      const response = await fetch(`${server.url}/v1/echo`, {
        method: "POST",
        headers: { "content-type": "application/json", "content-encoding": encoding },
        body: followed(compress, bytes),
      });
      expect(response.status).toBe(400);
      expect((await response.json()).error.message).toBe(
        `The body has bytes after the end of its ${encoding} data. Send that alone.`,
      );
    }
  },
);

test("all members of a gzip body are read", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
    body: Buffer.concat([gzipSync('{"text":'), gzipSync('"a"}')]),
  });
  expect((await response.json()).output).toBe("a");
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

test("a client that sends all 100 MB first still gets the answer", async () => {
  await using server = await listen(createApp(standIn()));
  const response = await post(`${server.url}/v1/echo`, `{"text":"${"a".repeat(100 << 20)}"}`);
  expect(response.status).toBe(413);
  expect((await response.json()).error.code).toBe("INVALID_INPUT");
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
    `POST /v1/echo HTTP/1.1\r\nhost: localhost\r\nuser-agent: half\r\ncontent-type: ${type}\r\n${header}content-length: 5000\r\n\r\n`,
  );
  socket.write(half);
  await begun.promise;
  socket.destroy();
  expect([400, 499]).toContain(await ended.promise);
  expect(await readdir(tmpdir())).toEqual(before);
  expect((await post(`${server.url}/v1/echo`, { text: "a" })).status).toBe(200);
});

test("a body that the application's own parser read is taken", async () => {
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
