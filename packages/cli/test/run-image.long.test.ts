import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { imageFolder } from "../../../test/images-http/image-folder.ts";
import { fixture } from "../../plugin-embedding/test/fixture.ts";
import { command } from "./command.ts";
import type { Result } from "./command.ts";

let model: Awaited<ReturnType<typeof imageFolder>>;
let encoder: Awaited<ReturnType<typeof fixture>>;
beforeAll(async () => {
  model = await imageFolder();
  encoder = await fixture("bge-tiny");
});
afterAll(async () => {
  await model[Symbol.asyncDispose]();
  await encoder[Symbol.asyncDispose]();
});

/** The folder in which commands are run. */
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kindred-run-"));
});
afterEach(() => rm(folder, { recursive: true }));

const request = ["a fox", "num_inference_steps=1", "seed=7"];

function draw(...args: readonly string[]): Promise<Result> {
  return command(["run", `acme/fox=${model.path}`, ...request, ...args], folder);
}

/** The format that a file's first bytes tell. */
async function formatOf(name: string): Promise<string | undefined> {
  const start = (await readFile(join(folder, name))).toString("latin1", 0, 12);
  if (start.startsWith("\x89PNG")) return "png";
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  return /^RIFF....WEBP$/s.test(start) ? "webp" : undefined;
}

test("without -o, a picture is written under its model's id and seed, and no file is lost", async () => {
  const { status, stdout, stderr } = await draw();
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: "64x64, seed 7\nwrote acme-fox-7.png\n",
    stderr: "",
  });
  expect(await formatOf("acme-fox-7.png")).toBe("png");
  await writeFile(join(folder, "acme-fox-7.png"), "mine");
  await writeFile(join(folder, "acme-fox-7-2.png"), "mine too");
  expect((await draw()).stdout).toContain("wrote acme-fox-7-3.png\n");
  expect(await readFile(join(folder, "acme-fox-7.png"), "utf8")).toBe("mine");
  expect(await readFile(join(folder, "acme-fox-7-2.png"), "utf8")).toBe("mine too");
});

test("a picture is drawn in two passes by a field of JSON", async () => {
  const { status, stdout } = await draw('hires={"scale": 1.5, "strength": 1}');
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: "96x96, seed 7\nwrote acme-fox-7.png\n",
  });
});

test("several pictures have their seeds in their names, and the format that is asked for", async () => {
  const { stdout } = await draw("n=2", "output_format=webp");
  expect(stdout).toMatch(/wrote acme-fox-7\.webp\nwrote acme-fox-8\.webp\n$/);
  expect(await formatOf("acme-fox-8.webp")).toBe("webp");
});

test("-o of a folder takes the picture under that name", async () => {
  await mkdir(join(folder, "foxes"));
  expect((await draw("-o", "foxes")).stdout).toContain(
    `wrote ${join("foxes", "acme-fox-7.png")}\n`,
  );
  expect((await draw("-o", "foxes/")).stdout).toContain("acme-fox-7-2.png");
  expect(await readdir(join(folder, "foxes"))).toEqual(["acme-fox-7-2.png", "acme-fox-7.png"]);
});

test.each([
  ["d.jpg", [], "jpeg"],
  ["d", [], "png"],
  ["e.webp", ["output_format=webp"], "webp"],
])("-o %s with %j writes %s", async (name, fields, format) => {
  const { status, stderr, stdout } = await draw(...fields, "-o", name);
  expect({ status, stderr, stdout }).toEqual({ status: 0, stderr: "", stdout: "64x64, seed 7\n" });
  expect(await readdir(folder)).toEqual([name]);
  expect(await formatOf(name)).toBe(format);
});

test("-o of several pictures numbers the name", async () => {
  const { stdout } = await draw("n=2", "-o", "d.jpg");
  expect(stdout).toMatch(/wrote d-1\.jpg\nwrote d-2\.jpg\n$/);
  expect([await formatOf("d-1.jpg"), await formatOf("d-2.jpg")]).toEqual(["jpeg", "jpeg"]);
});

test("-o of several pictures overwrites none that nobody named", async () => {
  await writeFile(join(folder, "d-1.png"), "kept");
  const { stdout } = await draw("n=2", "-o", "d.png");
  expect(stdout).toMatch(/wrote d-1-2\.png\nwrote d-2\.png\n$/);
  expect(await readFile(join(folder, "d-1.png"), "utf8")).toBe("kept");
});

test("-o that is a link to nothing is refused before drawing", async () => {
  await symlink("nowhere/d.png", join(folder, "d.png"));
  const { status, stdout, stderr } = await draw("-o", "d.png");
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain('"d.png" is a link to nothing');
});

test.each([
  ["e.jpg", ["output_format=webp"], /-o e\.jpg asks for jpeg, output_format for webp/],
  ["e.gif", [], /-o e\.gif names no format .* png, jpg, jpeg, webp/],
  ["no/such/e.png", [], /needs the folder "no\/such", which does not exist/],
])("-o %j with %j is refused before drawing", async (name, fields, message) => {
  await writeFile(join(folder, "file"), "");
  const { status, stdout, stderr } = await draw(...fields, "-o", name);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(message);
  expect(await readdir(folder)).toEqual(["file"]);
});

test.skipIf(process.getuid?.() === 0)(
  "a folder that cannot be written to is told before drawing",
  async () => {
    await chmod(folder, 0o500);
    const { status, stderr } = await draw();
    await chmod(folder, 0o700);
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('"." cannot be written to: EACCES'),
    ]);
  },
);

test("warnings are shown beside the picture, and beside JSON", async () => {
  const { stderr } = await draw("style=vivid", "quality=high");
  expect(stderr).toBe("warning: quality has no effect.\nwarning: style has no effect.\n");
  const json = await draw("style=vivid", "--json");
  expect(json.stderr).toBe("warning: style has no effect.\n");
  expect(JSON.parse(json.stdout).warnings).toEqual(["style has no effect."]);
});

test("--json writes no picture, and -o of a folder keeps the reply there", async () => {
  expect(JSON.parse((await draw("--json")).stdout).data).toHaveLength(1);
  expect(await readdir(folder)).toEqual([]);
  expect((await draw("--json", "-o", ".")).stdout).toBe("wrote acme-fox.json\n");
  expect((await draw("--json", "-o", "fox.png")).status).toBe(0);
  for (const name of ["acme-fox.json", "fox.png"]) {
    expect(JSON.parse(await readFile(join(folder, name), "utf8")).data).toHaveLength(1);
  }
});

test("a reply without files is printed, or kept where -o says", async () => {
  const embed = (...args: string[]) => command(["run", encoder.path, "a fox", ...args], folder);
  const { stdout } = await embed();
  expect(stdout).toMatch(/^\[.*length 48, norm 1\.0000\n\d+ tokens\n$/);
  expect(await readdir(folder)).toEqual([]);
  expect((await embed("-o", "fox.png")).stdout).toBe("");
  expect((await embed("-o", ".")).stdout).toBe("wrote bge-tiny.txt\n");
  for (const name of ["fox.png", "bge-tiny.txt"]) {
    expect(await readFile(join(folder, name), "utf8")).toBe(stdout);
  }
});
