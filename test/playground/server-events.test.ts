import { expect, test } from "vitest";
import { serverEvents } from "../../packages/server-koa/playground/api/server-events.js";

const stream = ': waiting\r\n\r\nevent: état\ndata: {"a":\ndata: 1}\n\ndata:2\n\nevent: none\n\n';
const events = [
  { event: "état", data: { a: 1 } },
  { event: "message", data: 2 },
];

/** A reply that arrives in pieces of `size` bytes. */
function reply(text: string, size: number, cancelled = () => {}): Response {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += size)));
    },
    cancel: cancelled,
  });
  return new Response(body);
}

test.each([1, 2, 3, 7, 1000])("events arrive whole in pieces of %i bytes", async (size) => {
  const found = [];
  for await (const event of serverEvents(reply(stream, size))) found.push(event);
  expect(found).toEqual(events);
});

test("a reader that stops cancels the reply", async () => {
  let cancelled = false;
  const long = reply(stream.repeat(1000), 16, () => {
    cancelled = true;
  });
  for await (const { data } of serverEvents(long)) if (data === 2) break;
  expect(cancelled).toBe(true);
});
