import { expect, test, vi } from "vitest";
import { serve } from "../../src/serve.ts";
import { standIn } from "../stand-in.ts";
import { get, postHead, rawClient, statuses } from "./raw-client.ts";

const patience = { timeout: 60_000 };

function echo(text: string): string {
  const body = JSON.stringify({ text });
  return postHead("/v1/echo", body.length) + body;
}

test("requests sent ahead of the replies are answered in order, one at a time", async () => {
  let running = 0;
  const most: number[] = [];
  const kernel = standIn(async ({ text }) => {
    most.push(++running);
    await new Promise((resolve) => setTimeout(resolve, text === "0" ? 30 : 1));
    running -= 1;
    return text;
  });
  const serving = await serve(kernel, { port: 0, drainDelay: 0 });
  const client = rawClient(
    serving.url,
    Array.from({ length: 16 }, (_, i) => echo(`${i}`)).join(""),
  );
  await vi.waitUntil(() => statuses(client.text).length === 16, patience);
  const told = Array.from(client.text.matchAll(/"output":"(\d+)"/g), ([, text]) => Number(text));
  expect(told).toEqual(Array.from({ length: 16 }, (_, i) => i));
  expect(Math.max(...most)).toBe(1);
  client.socket.destroy();
  await serving.close();
});

test("requests on a connection can come one after another for long", async () => {
  const serving = await serve(standIn(), { port: 0, drainDelay: 0 });
  const client = rawClient(serving.url);
  for (let i = 1; i <= 100; i++) {
    client.socket.write(get("/health"));
    await vi.waitUntil(() => statuses(client.text).length === i, { ...patience, interval: 1 });
  }
  client.socket.destroy();
  await serving.close();
});

test("a client that sends hundreds ahead of the replies is disconnected, and the next is served", async () => {
  const lines: unknown[] = [];
  const info = (...line: unknown[]) => void lines.push(line);
  const logger = { debug() {}, info, warn() {}, error() {} };
  const serving = await serve(standIn(), { port: 0, drainDelay: 0, logger });
  const requests = vi.fn();
  serving.server.on("request", requests);
  const client = rawClient(serving.url, get("/health").repeat(5_000));
  await client.closed;
  expect(requests.mock.calls.length).toBeLessThanOrEqual(16);
  expect(lines).toContainEqual([
    { address: "127.0.0.1", maxPipelined: 16 },
    "a client sent too many requests at once",
  ]);
  expect((await fetch(`${serving.url}/health`)).status).toBe(200);
  await serving.close();
});

test("a request under way is aborted when its client is disconnected for that", async () => {
  const aborted = vi.fn();
  const kernel = standIn(
    (_input, { signal }) =>
      new Promise((_, reject) =>
        signal!.addEventListener("abort", () => {
          aborted();
          reject(signal!.reason);
        }),
      ),
  );
  const serving = await serve(kernel, { port: 0, drainDelay: 0 });
  await rawClient(serving.url, echo("0").repeat(17)).closed;
  await vi.waitUntil(() => aborted.mock.calls.length > 0, patience);
  await serving.close();
  expect(aborted).toHaveBeenCalledTimes(1);
});

test("an upgrade to another protocol is answered as a request that has none", async () => {
  const serving = await serve(standIn(), { port: 0, drainDelay: 0 });
  const upgrade = "connection: close, upgrade\r\nupgrade: websocket\r\n";
  const client = rawClient(
    serving.url,
    `GET /health HTTP/1.1\r\nhost: localhost\r\n${upgrade}\r\n`,
  );
  expect(statuses(await client.closed)).toEqual([200]);
  await serving.close();
});
