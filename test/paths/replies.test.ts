import { basename, dirname } from "node:path";
import { createKernel } from "@kindred/core";
import type { Kernel } from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { createApp } from "@kindred/server-koa";
import { expect, test } from "vitest";
import { listen, post } from "../../packages/server-koa/test/stand-in.ts";
import { brokenFolders, secret, tenCharactersOf } from "./broken-folders.ts";

const id = "broken";

async function repliesOf(kernel: Kernel, lines: object[]): Promise<readonly string[]> {
  const log = (facts: object): void => void lines.push(facts);
  const logger = { debug() {}, info() {}, warn: log, error: log };
  await using server = await listen(createApp(kernel, { logger }));
  const asked = [
    await fetch(`${server.url}/v1/models`),
    await fetch(`${server.url}/v1/models/${id}`),
    await post(`${server.url}/v1/embeddings`, { model: id, input: "a red fox" }),
    await post(`${server.url}/v1/images/generations`, { model: id, prompt: "a fox" }),
    await post(`${server.url}/v1/images/generations`, { model: id, prompt: "a fox", stream: true }),
  ];
  return Promise.all(asked.map((reply) => reply.text()));
}

test.each(brokenFolders)("$name: replies have no path of the server", async ({ make }) => {
  await using folder = await make();
  await using kernel = await createKernel({
    plugins: [embedding(), diffusion()],
    models: [{ id, source: folder.path }],
  });
  const lines: object[] = [];
  const replies = await repliesOf(kernel, lines);
  const parent = basename(dirname(folder.path));
  for (const reply of replies) {
    for (const path of [folder.path, parent, "/tmp", "/onnxruntime", ".cc:", "kindred-outside"]) {
      expect(reply).not.toContain(path);
    }
    const said = JSON.stringify(secret).slice(1, -1);
    for (const part of [...tenCharactersOf(secret), ...tenCharactersOf(said)]) {
      expect(reply).not.toContain(part);
    }
  }
  expect(replies.join()).toMatch(/"(LOAD_FAILED|TASK_MISMATCH|UNSUPPORTED)"/);
});

test("a reason names the file inside of the model's folder, and all of its path where the kernel is embedded", async () => {
  const { make } = brokenFolders.find(({ name }) => name.startsWith("unet/config.json"))!;
  await using folder = await make();
  await using kernel = await createKernel({
    plugins: [diffusion()],
    models: [{ id, source: folder.path }],
  });
  expect(kernel.models()[0]!.source).toBe(folder.path);
  const [listed] = await repliesOf(kernel, []);
  const [model] = JSON.parse(listed!).data;
  expect(model.reason).toContain("unet/config.json");
  expect(model).not.toHaveProperty("source");
});

test("a folder that is not there is named whole to those who embed the kernel", async () => {
  const source = "/no/such/place/bge";
  await using kernel = await createKernel({ plugins: [embedding()], models: [{ id, source }] });
  expect(kernel.models()[0]!.reason).toContain(`"${source}"`);
  const [listed] = await repliesOf(kernel, []);
  expect(JSON.parse(listed!).data[0].reason).toMatch(/^There is no folder "bge"\./);
});
