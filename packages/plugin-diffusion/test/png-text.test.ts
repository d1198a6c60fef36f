import sharp from "sharp";
import { expect, test } from "vitest";
import { withText } from "../src/picture/png-text.ts";

const png = await sharp(new Uint8Array(12), { raw: { width: 2, height: 2, channels: 3 } })
  .png()
  .toBuffer();

test.each([
  ["tEXt", "a fox, 3 steps"],
  ["iTXt", "café: 狐 in the snow"],
])("sharp reads the text of a %s chunk, and the same pixels", async (_, text) => {
  const written = withText(png, "parameters", text);
  const { comments } = await sharp(written).metadata();
  expect(comments).toEqual([{ keyword: "parameters", text }]);
  expect(await sharp(written).raw().toBuffer()).toEqual(await sharp(png).raw().toBuffer());
});
