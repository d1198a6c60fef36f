import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { bytesOfDataUrl } from "../src/endpoints/data-url.ts";

const decode = async (text: string) =>
  Buffer.from(await (await bytesOfDataUrl(`data:image/png;base64,${text}`)).arrayBuffer());

test.each([0, 1, 2, 3, 1_000, 700_001])(
  "%i bytes are as they were, in broken lines too",
  async (count) => {
    const bytes = randomBytes(count);
    const text = bytes.toString("base64");
    expect(await decode(text)).toEqual(bytes);
    expect(await decode(text.replace(/.{76}/g, "$&\r\n"))).toEqual(bytes);
  },
);

test("a large one does not hold the event loop", async () => {
  const text = randomBytes(30_000_000).toString("base64");
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await decode(text);
  clearInterval(timer);
  expect(longest).toBeLessThan(500);
});
