import type { Endpoint } from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { expect, test } from "vitest";
import { bodyFor } from "../src/file-format.ts";
import { UsageError } from "../src/usage-error.ts";

const [pictures] = diffusion().endpoints! as readonly [Endpoint];
const [vectors] = embedding().endpoints! as readonly [Endpoint];

test.each([
  [undefined, {}, undefined],
  ["d", {}, undefined],
  ["d.jpg", {}, "jpeg"],
  ["d.JPEG", {}, "jpeg"],
  ["a.b/d.webp", {}, "webp"],
  [".webp", {}, undefined],
  ["d", { output_format: "jpeg" }, "jpeg"],
  ["d.webp", { output_format: "webp" }, "webp"],
  ["d.webp", { output_format: null }, "webp"],
  ["d.webp", { kwargs: '{"output_format":"webp"}' }, "webp"],
  ["d.webp", { kwargs: '{"seed":1}' }, "webp"],
])("for the file %j and the fields %j, the format is %s", async (file, fields, format) => {
  const body: any = await bodyFor(pictures, { prompt: "a fox", ...fields }, file);
  expect(body).toMatchObject({ prompt: "a fox" });
  expect(body.output_format).toBe(format);
});

test.each([
  ["d.png", { output_format: "jpeg" }, /-o d\.png asks for png, output_format for jpeg/],
  ["d.jpg", { output_format: "png" }, /-o d\.jpg asks for jpeg, output_format for png/],
  ["d.png", { kwargs: '{"output_format":"webp"}' }, /asks for png, output_format for webp/],
  ["d.gif", {}, /names no format .* png, jpg, jpeg, webp/],
  ["d.json", {}, /names no format/],
  ["d.constructor", {}, /names no format/],
  ["d.__proto__", {}, /names no format/],
])("the file %j contradicts %j", async (file, fields, message) => {
  const body = bodyFor(pictures, { prompt: "a fox", ...fields }, file);
  await expect(body).rejects.toThrow(UsageError);
  await expect(body).rejects.toThrow(message);
});

test("a body that the schema refuses is told as such, whatever the file's name", async () => {
  const body = bodyFor(pictures, { prompt: "a fox", output_format: "gif" }, "d.gif");
  await expect(body).rejects.toMatchObject({ code: "INVALID_INPUT", param: "output_format" });
});

test("an endpoint whose files have one format takes any name", async () => {
  expect(await bodyFor(vectors, { input: "a fox" }, "d.png")).toEqual(
    await bodyFor(vectors, { input: "a fox" }),
  );
});
