import { expect, test } from "vitest";
import { ByteBlocks } from "../../src/body/byte-blocks.ts";

function blocksOf(chunks: Iterable<Uint8Array>): Buffer[] {
  const blocks = new ByteBlocks();
  for (const chunk of chunks) blocks.add(chunk);
  return blocks.all;
}

test.each([[[]], [[0]], [[1, 2, 3]], [[255, 1, 0, 300, 70_000, 3]], [[65_536, 65_536]]])(
  "chunks of %j bytes are kept whole and in order",
  (lengths) => {
    const chunks = lengths.map((length, index) => Buffer.alloc(length, `${index}`));
    expect(Buffer.concat(blocksOf(chunks))).toEqual(Buffer.concat(chunks));
  },
);

test("a million chunks of two bytes take few blocks", () => {
  const chunk = Buffer.from("ab");
  const blocks = blocksOf(Array.from({ length: 1_000_000 }, () => chunk));
  expect(Buffer.concat(blocks).toString()).toBe("ab".repeat(1_000_000));
  expect(blocks.length).toBeLessThan(60);
});

test("a short part takes little memory", () => {
  const [block] = blocksOf([Buffer.from("ab")]);
  expect(block!.buffer.byteLength).toBeLessThan(1_000);
});

test("chunks whose memory is used again are copied", () => {
  const chunk = Buffer.from("ab");
  const blocks = new ByteBlocks();
  blocks.add(chunk);
  chunk.fill("c");
  expect(Buffer.concat(blocks.all).toString()).toBe("ab");
});
