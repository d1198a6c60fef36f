import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backtracking, pipe, table } from "../../packages/core/test/text/hostile.ts";
import { bertFolder, tiny } from "./bert-folder.ts";
import { embed, get } from "./client.ts";
import { measured } from "./measured.ts";
import { graphsOf, tokenizersOf } from "./process-tree.ts";

/** A model with that `tokenizer.json`, which is taken as it is. */
async function hostileModel(make: (file: string) => unknown) {
  const folder = await bertFolder(tiny);
  const config = '{"tokenizer_class":"PreTrainedTokenizerFast","model_max_length":1e400}';
  await writeFile(join(folder.path, "tokenizer_config.json"), config);
  const file = join(folder.path, "tokenizer.json");
  await rm(file);
  await make(file);
  return folder;
}

test("models with hostile tokenizers fail alone: the server lives, and answers for a good one", async () => {
  await using good = await bertFolder(tiny);
  await using panicking = await hostileModel(table(255, 255, 255, 127, 1, 2, 3, 4));
  await using waiting = await hostileModel(pipe);
  await using searching = await hostileModel(backtracking("pre_tokenizer", "^(x+x+)+y"));
  const folders = { good, panicking, waiting, searching };
  const models = Object.entries(folders).map(([id, { path }]) => ({ id, source: path }));
  await using server = await measured({ models });

  const reasonOf = async (id: string) => (await get(`${server.url}/v1/models/${id}`)).body.reason;
  expect(await reasonOf("panicking")).toMatch(/cannot be opened: it panicked: Precompiled/);
  expect(await reasonOf("waiting")).toMatch(/tokenizer\.json: it is a named pipe, not a regular/);

  const ending = embed(server.url, { model: "searching", input: ["a", "x".repeat(40)] });
  const beside = embed(server.url, { model: "searching", input: "a" });
  const others = Array.from({ length: 20 }, () =>
    embed(server.url, { model: "good", input: "a red fox" }),
  );
  for (const { status } of await Promise.all([beside, ...others])) expect(status).toBe(200);
  expect(await ending).toMatchObject({
    status: 400,
    body: { error: { code: "UNSUPPORTED", message: expect.stringContaining("it panicked: Onig") } },
  });
  expect(await embed(server.url, { model: "searching", input: "a" })).toMatchObject({
    status: 200,
  });
  expect(tokenizersOf(server.pid)).toHaveLength(2);

  await server.ask("unload", "good");
  await server.ask("unload", "searching");
  expect([...tokenizersOf(server.pid), ...graphsOf(server.pid)]).toEqual([]);
}, 60_000);
