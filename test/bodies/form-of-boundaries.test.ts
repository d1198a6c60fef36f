import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";

const boundary = "----x";
const maxHeap = 128;
const formBytes = 8_000_000;

test(
  `a form of ${formBytes} bytes that begin a boundary does not end a server of ${maxHeap} MB, which answers others meanwhile`,
  { timeout: 120_000 },
  async () => {
    const env = { ...process.env, NODE_OPTIONS: `--max-old-space-size=${maxHeap}` };
    await using server = await start(kindred, ["serve", "--port", "0"], { env });
    const sending = fetch(`${server.url}/v1/images/generations`, {
      method: "POST",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
      body: Buffer.concat([
        Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="prompt"\r\n\r\n`),
        Buffer.alloc(formBytes, "\r\n-"),
        Buffer.from(`\r\n--${boundary}--\r\n`),
      ]),
    });
    let settled = false;
    void sending.finally(() => (settled = true));
    do expect((await fetch(`${server.url}/health`)).status).toBe(200);
    while (!settled);
    const reply = await sending;
    expect(reply.status).toBe(400);
    expect((await reply.json()).error.message).toMatch("prompt: Too big");
  },
);
