import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kindred } from "../../../test/started.ts";
import { fixture } from "../../plugin-embedding/test/fixture.ts";
import { command } from "./command.ts";

let model: Awaited<ReturnType<typeof fixture>>;
beforeAll(async () => {
  model = await fixture("bge-tiny");
});
afterAll(() => model[Symbol.asyncDispose]());

test("a text gives the vector's head, its length and its norm", async () => {
  const { status, stdout, stderr } = await command(["run", model.path, "a red fox"]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^\[(-?\d\.\d{4}, ){6}…\] {2}length 48, norm 1\.0000\n\d+ tokens\n$/);
});

test("--json gives the endpoint's whole reply, and fields reach it", async () => {
  const { stdout } = await command(["run", `fox=${model.path}`, "a fox", "dimensions=8", "--json"]);
  const { model: id, data, usage } = JSON.parse(stdout);
  expect(id).toBe("fox");
  expect(data[0].embedding).toHaveLength(8);
  expect(usage.prompt_tokens).toBeGreaterThan(2);
});

test.each([["--json", "reply"], ["reply.json"]])(
  "-o %s writes the whole reply",
  async (...named) => {
    const folder = await mkdtemp(join(tmpdir(), "kindred-run-"));
    const file = join(folder, named.at(-1)!);
    const flags = named.slice(0, -1);
    const { stdout } = await command(["run", model.path, "a fox", ...flags, "-o", file]);
    expect(stdout).toBe("");
    expect(JSON.parse(await readFile(file, "utf8")).object).toBe("list");
    await rm(folder, { recursive: true });
  },
);

test("a wrong field is named, with status 1", async () => {
  const large = await command(["run", model.path, "a fox", "dimensions=49"]);
  expect(large.status).toBe(1);
  expect(large.stderr).toMatch(
    /^kindred: dimensions is 49; the model's vectors have 48\. Ask for 1 to 48\.\n$/,
  );
  const unknown = await command(["run", model.path, "a fox", "dimension=4"]);
  expect(unknown.stderr).toMatch(/^kindred: dimension: Unrecognized key/);
  const prompt = await command(["run", model.path, "a fox", "prompt_name=poem"]);
  expect(prompt.stderr).toMatch(/ \(prompt_name\)\n$/);
});

test("a folder without a model is refused with the reason", async () => {
  const { status, stderr } = await command(["run", "/no/such/folder", "a fox"]);
  expect(status).toBe(1);
  expect(stderr).toMatch(/There is no folder "\/no\/such\/folder"/);
});

test("a reader that closes the pipe is no error", async () => {
  const input = JSON.stringify(Array.from({ length: 500 }, () => "a fox"));
  const args = [fileURLToPath(kindred), "run", model.path, `input=${input}`, "--json"];
  const child = spawn(process.execPath, args);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.once("data", () => child.stdout.destroy());
  const [status] = await once(child, "close");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("a taken port is named, without a stack", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const { port } = taken.address() as AddressInfo;
  const { status, stderr } = await command(["serve", "--port", `${port}`]);
  taken.close();
  expect(status).toBe(1);
  expect(stderr).toMatch(/^kindred: .*in use 127\.0\.0\.1:\d+\. Choose another --port; .*\n$/);
});

test("a wrong command line is explained, with status 2", async () => {
  const nowhere = ["run", model.path, "a fox", "-o", "/no/such/folder/fox.txt"];
  for (const args of [
    nowhere,
    ["run"],
    ["run", "--nope"],
    ["dance"],
    ["pull"],
    ["serve", "--port", "many"],
    ["serve", "--ready", "some"],
  ]) {
    const { status, stderr } = await command(args);
    expect(status, args.join(" ")).toBe(2);
    expect(stderr).toMatch(/See kindred --help\.\n$/);
  }
});

test("help, the version and the known models are printed", async () => {
  expect((await command(["--help"])).stdout).toMatch(/kindred serve/);
  expect((await command(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect((await command(["models"])).stdout).toMatch(/\nbge-small-en-v1\.5 +bge +.* MIT\n/);
});

test("a name that a terminal would obey is escaped where it is printed", async () => {
  const { status, stderr } = await command(["run", "\u001b]0;mine\u0007=/no/\u009b2J", "a fox"]);
  expect(status).toBe(1);
  expect(stderr).toContain("/no/\\u009b2J");
  expect(stderr).not.toMatch(/\p{Cc}(?<!\n)/u);
});
