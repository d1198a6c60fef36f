import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { leftHalf, picture, pixelsOf } from "../../../test/images-http/edit.ts";
import { imageFolder } from "../../../test/images-http/image-folder.ts";
import { command } from "./command.ts";
import type { Result } from "./command.ts";

let model: Awaited<ReturnType<typeof imageFolder>>;
let folder: string;
beforeAll(async () => {
  model = await imageFolder();
  folder = await mkdtemp(join(tmpdir(), "kindred-edit-"));
  for (const [name, file] of [
    ["in.png", await picture()],
    ["mask.png", await leftHalf()],
    ["hole.png", await picture(64, 64, true)],
  ] as const) {
    await writeFile(join(folder, name), new Uint8Array(await file.arrayBuffer()));
  }
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function run(...args: readonly string[]): Promise<Result> {
  return command(["run", `fox=${model.path}`, ...args], folder);
}

const settings = ["num_inference_steps=2", "seed=7"];

test("a picture is drawn over within a mask, and the rest is as it was", async () => {
  const files = ["image=@in.png", "mask=@mask.png", "strength=0.6"];
  const { status, stdout, stderr } = await run("a fox", ...files, ...settings, "-o", "out.png");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "64x64, seed 7\n" });
  expect(stderr).toBe("warning: mask has no alpha channel: what is white in it was repainted.\n");
  const { rgb: before } = await pixelsOf(await readFile(join(folder, "in.png")));
  const { rgb: after } = await pixelsOf(await readFile(join(folder, "out.png")));
  const right = (rgb: Buffer) =>
    sharp(rgb, { raw: { width: 64, height: 64, channels: 3 } })
      .extract({ left: 32, top: 0, width: 32, height: 64 })
      .raw()
      .toBuffer();
  expect(await right(after)).toEqual(await right(before));
  expect(after).not.toEqual(before);
});

test("a field of another endpoint chooses that, and a list of files is read too", async () => {
  const masked = ["image=@in.png", "mask_image=@mask.png", "-o", "inpainted.png"];
  expect((await run("a fox", ...masked, ...settings)).stderr).toBe("");
  const listed = await run("a fox", 'image=["@hole.png"]', ...settings, "-o", "hole-out.png");
  expect(listed.stderr).toContain("the transparent pixels of image were repainted");
  const both = await run("a fox", 'image=["@in.png", "@in.png"]', ...settings);
  expect(both.stderr).toContain("image has 2 pictures");
});

test.each([
  [["image=@no.png"], 2, /image=@no\.png cannot be read: ENOENT/],
  [["image=in.png"], 1, /image: must be a file, as FIELD=@PATH\./],
  [["image=@mask.png", "mask=@run-edit.txt"], 1, /mask is no picture that is known/],
  [["user=@me", "image=@in.png", "n=99"], 1, /n: Too big/],
])("%j is refused", async (fields, status, message) => {
  await writeFile(join(folder, "run-edit.txt"), "a text");
  const found = await run("a fox", ...fields);
  expect([found.status, found.stdout]).toEqual([status, ""]);
  expect(found.stderr).toMatch(message);
});

test("@ is only a file where the endpoint takes one", async () => {
  const { status, stderr } = await run("a fox", "user=@me", ...settings, "-o", "user.png");
  expect([status, stderr]).toEqual([0, "warning: user has no effect.\n"]);
});
