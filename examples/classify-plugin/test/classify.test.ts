import { readFile } from "node:fs/promises";
import { createKernel } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { rerank } from "@kindred/plugin-rerank";
import { serve } from "@kindred/server-koa";
import { expect, test } from "vitest";
import { fixture } from "../../../packages/plugin-embedding/test/fixture.ts";
import classify, { classificationTask } from "../src/index.ts";
import { classifierFolder } from "./classifier-folder.ts";

const texts: readonly string[] = await json("fixture/texts.json");
const golden: readonly (readonly number[])[] = (await json("golden/probabilities.json"))
  .probabilities;
const tolerance = 1e-5;

test("probabilities are transformers', alone and in a batch", async () => {
  await using model = await classifierFolder();
  expect(furthest(await probabilitiesOf(model.path, texts))).toBeLessThan(tolerance);
  const alone = await Promise.all(texts.map((text) => probabilitiesOf(model.path, [text])));
  expect(furthest(alone.flat())).toBeLessThan(tolerance);
});

const mistakes: Readonly<Record<string, (config: any) => void>> = {
  "the number of heads": (config) => (config.num_attention_heads = 4),
  "the activation": (config) => (config.hidden_act = "relu"),
  "an epsilon": (config) => (config.layer_norm_eps = 1e-2),
};
test.each(Object.entries(mistakes))("a mistake in %s moves them", async (_, change) => {
  await using model = await classifierFolder(change);
  const found = await probabilitiesOf(model.path, texts);
  expect(furthest(found)).toBeGreaterThan(10 * tolerance);
});

test("POST /v1/classify labels texts, beside our own plugins", async () => {
  await using model = await classifierFolder();
  await using embedder = await fixture("bge-tiny");
  const kernel = await createKernel({
    plugins: [embedding(), rerank(), classify()],
    models: [
      { id: "classifier", source: model.path },
      { id: "embedder", source: embedder.path },
    ],
  });
  const { url, close } = await serve(kernel, { port: 0 });
  try {
    const { data, usage } = await post(`${url}/v1/classify`, { input: texts });
    for (const [i, { label, probs }] of data.entries()) {
      const best = golden[i]!.indexOf(Math.max(...golden[i]!));
      expect(label).toBe(["animals", "weather", "programs"][best]);
      expect(Math.abs(probs[best] - golden[i]![best]!)).toBeLessThan(tolerance);
    }
    expect(usage.total_tokens).toBeGreaterThan(0);

    const cut = await post(`${url}/v1/classify`, { input: "the fox ".repeat(200) });
    expect(cut.warnings).toEqual(["Texts cut to what the model reads: 1."]);
    const refused = await post(`${url}/v1/classify`, { input: [] });
    expect(refused.error.param).toBe("input");
    const mistaken = await post(`${url}/v1/classify`, { input: "a", model: "embedder" });
    expect(mistaken.error.code).toBe("TASK_MISMATCH");
  } finally {
    await close();
  }
});

async function probabilitiesOf(source: string, input: readonly string[]) {
  await using kernel = await createKernel({
    plugins: [classify()],
    models: [{ id: "model", source }],
  });
  return (await kernel.run(classificationTask, "model", input)).probabilities;
}

function furthest(found: readonly Float32Array[]): number {
  const differences = found.flatMap((probabilities, text) =>
    Array.from(probabilities, (each, label) => Math.abs(each - golden[text]![label]!)),
  );
  return Math.max(...differences);
}

async function json(file: string): Promise<any> {
  return JSON.parse(await readFile(new URL(file, import.meta.url), "utf8"));
}

async function post(url: string, body: object): Promise<any> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return reply.json();
}
