import { copyFile, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blocksOf } from "../documents/blocks.ts";
import { follow, root } from "../documents/follow.ts";
import { allPages } from "../documents/pages.ts";
import { start } from "../started.ts";
import { installers } from "./installers.ts";
import { outsider } from "./outsider.ts";
import type { Outsider } from "./outsider.ts";

const outside = test.skipIf(!process.env["KINDRED_OUTSIDE"]);
const minutes = 60_000;

let somebody: Outsider;
beforeAll(async () => {
  if (process.env["KINDRED_OUTSIDE"]) somebody = await outsider();
});
afterAll(() => somebody?.[Symbol.asyncDispose]());

const packages = [
  "@kindred/core",
  "@kindred/plugin-embedding",
  "@kindred/plugin-rerank",
  "@kindred/plugin-diffusion",
  "@kindred/server-koa",
  "@kindred/demo-models",
  "koa",
  "@types/koa",
  "typescript",
  "@types/node@20",
];

outside.for(installers.map((installer) => [installer.name, installer] as const))(
  "after %s a program compiles strictly, answers and ends, also without other platforms' binaries",
  { timeout: 10 * minutes },
  async ([, { install }], { skip }) => {
    const app = await install(somebody, packages);
    if (typeof app !== "string") return skip(app.unavailable);
    expect(await filesOf(app, "libonnxruntime_providers_cuda.so")).toEqual([]);
    await copyFile(join(root, "test/outside/consumer.ts"), join(app, "consumer.ts"));
    await somebody.run(join(app, "node_modules/.bin/tsc"), [...strictly, "consumer.ts"], app);
    await answers(app);
    expect(await filesOf(app, "onnxruntime_binding.node")).not.toHaveLength(1);
    await somebody.run("bash", ["-ec", await trimming()], app);
    expect(await filesOf(app, "onnxruntime_binding.node")).toHaveLength(1);
    await answers(app);
  },
);

const strictly =
  "--ignoreConfig --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --verbatimModuleSyntax --target es2023 --module nodenext --types node --lib es2023,esnext.disposable".split(
    " ",
  );

/** Starts the program, asks its composed and its mounted server, and stops it. */
async function answers(app: string): Promise<void> {
  const program = await start(join(app, "consumer.js"), [], { cwd: app, env: somebody.env });
  const [, mounted] = /mounted at (\S+)/.exec(program.output)!;
  for (const url of [program.url, mounted]) {
    const { data } = await post(`${url}/v1/embeddings`, {
      model: "demo-embedding",
      input: "a red fox",
    });
    expect(data[0].embedding).toHaveLength(384);
  }
  const { data } = await post(`${mounted}/v1/images/generations`, {
    model: "demo-image",
    prompt: "an apple",
    num_inference_steps: 2,
  });
  expect(data[0].b64_json).toMatch(/^iVBORw0KGgo/);
  program.kill("SIGTERM");
  expect(await program.ended, program.output).toBe(0);
}

/** What docs/installing.md says to remove. */
async function trimming(): Promise<string> {
  const page = await readFile(join(root, "docs/installing.md"), "utf8");
  return blocksOf(page).find(({ text }) => text.includes("-exec rm"))!.text;
}

/** Paths of the files of that name, each once however many links lead to it. */
async function filesOf(app: string, name: string): Promise<readonly string[]> {
  const folder = join(app, "node_modules");
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  return all.filter((each) => each.name === name).map((each) => join(each.parentPath, name));
}

async function post(url: string, body: object): Promise<any> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(reply.status, await reply.clone().text()).toBe(200);
  return reply.json();
}

const pages = await Promise.all(
  (await allPages()).map(async (page) => [page, await readFile(join(root, page), "utf8")] as const),
);

outside.for(pages.filter(([, text]) => /^npm install /m.test(text)))(
  "%s can be followed outside, with what its own lines install",
  { timeout: 10 * minutes },
  async ([, text]) => {
    await follow(text, {
      env: somebody.env,
      install: async (args, folder) => {
        await somebody.run("npm", ["install", ...args], folder);
      },
    });
  },
);
