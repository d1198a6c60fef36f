import { setTimeout as sleep } from "node:timers/promises";
import Koa from "koa";
import { expect, test } from "vitest";
import { openai } from "../../src/openai.ts";
import { postHead, rawClient, statuses } from "../connections/raw-client.ts";
import { listen, standIn } from "../stand-in.ts";

/** A Koa application of one's own. */
function application(bodyTimeout: number): Koa {
  return new Koa().use(openai(standIn(), { bodyTimeout }));
}

test.each([
  ["JSON", postHead("/v1/echo", 500), '{"text"'],
  [
    "a form",
    "POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 500\r\n\r\n",
    "--b\r\n",
  ],
  [
    "compressed JSON",
    "POST /v1/echo HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 500\r\n\r\n",
    "\u001f",
  ],
])(
  "%s that stops half-way is answered 408, and the connection is closed",
  async (_, head, part) => {
    await using server = await listen(application(50));
    const reply = await rawClient(server.url, head + part).closed;
    expect(statuses(reply)).toEqual([408]);
    expect(reply).toMatch(/connection: close/i);
    expect(reply).toMatch("fewer than 25 bytes of it came in 0.05 seconds (bodyTimeout).");
  },
);

test("a body that trickles is answered 408 too", async () => {
  await using server = await listen(application(100));
  const client = rawClient(server.url, postHead("/v1/echo", 5_000));
  while (statuses(client.text).length === 0) {
    client.socket.write(" ");
    await sleep(10);
  }
  expect(statuses(await client.closed)).toEqual([408]);
});

test("a body that takes many times as long is read, as long as it comes on", async () => {
  await using server = await listen(application(1_000));
  const body = JSON.stringify({ text: "a".repeat(60_000) });
  const client = rawClient(server.url, postHead("/v1/echo", body.length));
  for (let sent = 0; sent < body.length; sent += 200) {
    client.socket.write(body.slice(sent, sent + 200));
    await sleep(10);
  }
  client.socket.end();
  expect(statuses(await client.closed)).toEqual([200]);
});
