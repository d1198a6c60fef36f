import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { expect, test, vi } from "vitest";
import { createApp } from "../../src/app.ts";
import { blue, form, mirror, red, send } from "../forms.ts";
import { listen, post, standIn } from "../stand-in.ts";

/** The form parser reads this when it is imported. A folder of our own keeps other processes' files out of the comparison. */
vi.hoisted(() => {
  process.env["TMPDIR"] = process.getBuiltinModule("node:fs").mkdtempSync("/tmp/kindred-body-");
});

test("a form over its limit is a 413, by its stated length or while it arrives", async () => {
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

test("a file without a type is a file", async () => {
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

/** Sends a form of one part with these headers and this text, whose boundary is "x". */
async function sendText(
  url: string,
  headers: string,
  text: string,
): Promise<{ status: number; reply: any }> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=x" },
    body: `--x\r\n${headers}content-disposition: form-data; name="text"\r\n\r\n${text}\r\n--x--\r\n`,
  });
  return { status: response.status, reply: await response.json() };
}

test("text that begins like a boundary, in many ways, stays what it was", async () => {
  await using server = await listen(createApp(standIn(mirror)));
  const text = "\r\n--\r\n-\r\r\n\n--x-\r\n-x".repeat(10_000);
  const { reply } = await sendText(`${server.url}/v1/echo`, "", text);
  expect(reply.output.text).toBe(text);
});

test("a form of too many headers is a 413 that says so", async () => {
  await using server = await listen(createApp(standIn()));
  const { status, reply } = await sendText(`${server.url}/v1/echo`, "a:\r\n".repeat(100_000), "a");
  expect(status).toBe(413);
  expect(reply.error.message).toBe("The form has more than 4000 headers.");
});

test("headers of parts count for the limit of a form", async () => {
  await using server = await listen(createApp(standIn(), { limits: { form: 1_000 } }));
  const parts = `--x\r\na: ${"b".repeat(5_000)}\r\n\r\n\r\n--x--\r\n`;
  const chunked = await fetch(`${server.url}/v1/echo`, {
    method: "POST",
    headers: { "content-type": "multipart/form-data; boundary=x" },
    body: new Response(parts).body,
    duplex: "half",
  } as RequestInit);
  expect(chunked.status).toBe(413);
});
