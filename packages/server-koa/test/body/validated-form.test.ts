import { expect, test } from "vitest";
import * as z from "zod";
import { validatedForm } from "../../src/body/validated-form.ts";

const schema = z.strictObject({
  prompt: z.string(),
  n: z.int().max(10).nullish(),
  size: z
    .string()
    .regex(/^\d+x\d+$/)
    .optional(),
  stream: z.boolean().optional(),
  seed: z.union([z.int(), z.array(z.int())]).optional(),
  image: z.file().optional(),
});
const validate = (form: object) => validatedForm(schema, form, { code: "INVALID_INPUT" });

test("a text is what the schema wants: a number, a flag, a list, nothing", async () => {
  const form = { prompt: "7", n: "2", stream: "true", seed: "[1, 2]" };
  expect(await validate(form)).toEqual({ prompt: "7", n: 2, stream: true, seed: [1, 2] });
  expect(await validate({ prompt: "null", n: "null" })).toEqual({ prompt: "null", n: null });
  expect(await validate({ prompt: "", seed: ["1", "2"] })).toEqual({ prompt: "", seed: [1, 2] });
});

test("quoted values are read, and a text that the schema takes stays as it is", async () => {
  const form = { prompt: '"a fox"', n: '"1"', size: '"1024x1024"' };
  expect(await validate(form)).toEqual({ prompt: '"a fox"', n: 1, size: "1024x1024" });
});

test("files pass through", async () => {
  const image = new File(["a"], "a.png");
  expect(await validate({ prompt: "", image, n: "3" })).toEqual({ prompt: "", image, n: 3 });
});

test.each([
  [{ n: "many" }, "n", /number/],
  [{ n: "11" }, "n", /<=10/],
  [{ n: "2", stream: "yes" }, "stream", /boolean/],
  [{ steps: "4" }, "steps", /Unrecognized key/],
  [{ n: " ".repeat(100_000) }, "n", /number/],
  [{ size: "{}" }, "size", /string/],
])("%j is refused as its schema says", async (fields, param, message) => {
  await expect(validate({ prompt: "a fox", ...fields })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    param,
    message: expect.stringMatching(message),
  });
});
