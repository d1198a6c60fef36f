import { createKernel } from "@kindred/core";
import type { Endpoint, Plugin } from "@kindred/core";
import { rerank, rerankTask } from "@kindred/plugin-rerank";
import { serve } from "@kindred/server-koa";
import type { Serving } from "@kindred/server-koa";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../../packages/plugin-rerank/test/fixture.ts";
import { chromium } from "./chromium.ts";
import { describePlayground } from "./visits.ts";

/** Ranks what its body holds, by a schema that cannot tell its fields. */
const ranks: Endpoint<typeof rerankTask, { readonly query: string }> = {
  path: "/v1/ranks",
  task: rerankTask,
  text: "query",
  body: {
    "~standard": {
      version: 1,
      vendor: "own",
      validate: (value) => {
        const { query } = value as { readonly query?: string };
        return query
          ? { value: { query } }
          : { issues: [{ message: "must say", path: ["query"] }] };
      },
    },
  },
  decode: ({ query }) => ({ input: { query, documents: ["a fox", "the sea"] } }),
  encode: ({ results }) => ({ ranks: results.map(({ index }) => index) }),
};

/** An endpoint whose task no model serves, with a field of every kind. */
const odd: Endpoint = {
  path: "/v1/odd/things",
  task: { name: "odd" },
  body: { "~standard": { ...oddStandard() } },
  decode: () => ({ input: {} }),
  encode: () => ({}),
};

const own: Plugin = { contract: 1, name: "own", endpoints: [ranks, odd] };

let serving: Serving;
let folder: Awaited<ReturnType<typeof fixture>>;
beforeAll(async () => {
  if (!chromium) return;
  folder = await fixture("bert-tiny");
  const models = [{ id: "reranker", source: folder.path }];
  serving = await serve(await createKernel({ plugins: [rerank(), own], models }), { port: 0 });
});
afterAll(async () => {
  await serving?.close();
  await folder?.[Symbol.asyncDispose]();
});

describePlayground((visits) => {
  const visit = (options: object = {}) => visits.visit({ tab: "", at: serving, ...options });
  const panel = (page: Page) => page.locator("main > section:not([hidden])");

  test("the task of a plugin has a form made of its schema, and shows the reply", async () => {
    const page = await visit();
    await page.getByRole("tab", { name: "Rerank", selected: true }).waitFor();
    const form = panel(page).locator("form");
    if (await form.locator(".settings:not([open])").count()) {
      await form.getByText("Settings").click();
    }
    await form.getByText("What the documents should answer.").waitFor();
    expect(await form.getByLabel("model").inputValue()).toBe("reranker");
    await visits.screenshot(page, "task-form");
    await form.getByLabel("query").fill("Which animal is red?");
    await form
      .getByLabel("documents", { exact: true })
      .fill("The fox is red.\n\nThe sea is blue.\nA stone.");
    await form.getByLabel("top_n").fill("2");
    await page.keyboard.press("Control+Enter");
    await panel(page)
      .getByText(/^The reply, after \d+ ms$/)
      .waitFor();
    const reply = JSON.parse((await panel(page).locator(".answer code").textContent())!);
    expect(reply.model).toBe("reranker");
    expect(reply.results).toHaveLength(2);
    expect(reply.results.every(({ index }: { index: number }) => index < 3)).toBe(true);
    await visits.screenshot(page, "task-reply");

    await form.getByText("The request as curl").click();
    const curl = await form.getByText(/^curl -N /).innerText();
    expect(curl).toContain("/v1/rerank");
    expect(curl).toContain('"The sea is blue."');
  });

  test("a refusal is shown at the field of the schema", async () => {
    const page = await visit({ scheme: "dark" });
    const form = panel(page).locator("form");
    await form.getByLabel("query").fill("x");
    await form.getByLabel("documents", { exact: true }).fill("y");
    await form.evaluate((element: HTMLFormElement) => (element.noValidate = true));
    if (await form.locator(".settings:not([open])").count()) {
      await form.getByText("Settings").click();
    }
    await form.getByLabel("top_n").fill("-1");
    await form.getByRole("button", { name: "Send" }).click();
    await form.getByText(/param top_n/).waitFor();
    expect(await form.getByLabel("top_n").getAttribute("aria-invalid")).toBe("true");
    await visits.screenshot(page, "task-refused");
  });

  test("an endpoint that does not tell its fields takes JSON", async () => {
    const page = await visit();
    await page.getByRole("tab", { name: "Ranks" }).click();
    const form = panel(page).locator("form");
    const body = form.getByLabel("The body as JSON");
    expect(JSON.parse(await body.inputValue())).toEqual({ query: "" });
    await body.fill("{");
    await form.getByRole("button", { name: "Send" }).click();
    await form.getByText(/^The body is not JSON/).waitFor();
    await body.fill('{"query": "sea"}');
    await form.getByRole("button", { name: "Send" }).click();
    await panel(page)
      .getByText(/"ranks": \[/)
      .waitFor();
    await visits.screenshot(page, "task-json");
  });

  test("a task that no model serves says so, and each kind of field has its control", async () => {
    const page = await visit({ viewport: { width: 360, height: 740 } });
    await page.getByRole("tab", { name: "Odd things" }).click();
    const form = panel(page).locator("form");
    await form.getByText('No model of the task "odd" is served here.').waitFor();
    expect(await form.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
    for (const details of await form.locator("details").all()) {
      await details.evaluate((element: HTMLDetailsElement) => (element.open = true));
    }
    const kinds = await form.locator("[name]").evaluateAll((controls) =>
      controls.map((control) => {
        const { name, localName, type } = control as HTMLInputElement;
        return `${name}: ${localName} ${type}`;
      }),
    );
    expect(kinds).toEqual([
      "texts: textarea textarea",
      "mode: select select-one",
      "weight: input number",
      "deep: select select-one",
      "filters: textarea textarea",
      "near: textarea textarea",
      "tree: textarea textarea",
      "loop: textarea textarea",
      "picture: input file",
    ]);
    await form.getByLabel("filters").fill("{");
    await form.getByText("filters is not JSON").waitFor();
    await form.getByLabel("filters").fill('{"a": [1]}');
    await form.getByLabel("texts").fill("one\ntwo");
    await form.getByLabel("mode").selectOption("fast");
    await form.getByLabel("deep").selectOption("false");
    const curl = await form.locator(".curl code").textContent();
    const [, json] = /-d '(.*)'$/s.exec(curl!)!;
    expect(JSON.parse(json!)).toEqual({
      texts: ["one", "two"],
      mode: "fast",
      deep: false,
      filters: { a: [1] },
    });
    await form.getByLabel("picture").setInputFiles({
      name: "in.png",
      mimeType: "image/png",
      buffer: Buffer.from("a picture"),
    });
    const words = (await form.locator(".curl code").textContent())!;
    expect(words).toContain("-F picture=@in.png");
    expect(words).toContain(`--form-string 'texts=["one","two"]'`);
    await visits.screenshot(page, "task-kinds");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });

  test("the page, its forms and its requests work under a prefix", async () => {
    const models = [{ id: "reranker", source: folder.path }];
    const kernel = await createKernel({ plugins: [rerank()], models });
    const { url, close } = await serve(kernel, { port: 0, prefix: "/ai" });
    const page = await visit({ at: { url: `${url}/ai` } });
    const form = panel(page).locator("form");
    await form.getByLabel("query").fill("Which animal is red?");
    await form.getByLabel("documents", { exact: true }).fill("The fox is red.");
    await form.getByRole("button", { name: "Send" }).click();
    await panel(page)
      .getByText(/"relevance_score"/)
      .waitFor();
    await close();
  });

  test("the button of a model opens the tab of its plugin's task", async () => {
    const page = await visit();
    await page.getByRole("tab", { name: "Models" }).click();
    await page.getByRole("button", { name: "Try reranker" }).click();
    await page.getByRole("tab", { name: "Rerank", selected: true }).waitFor();
    expect(new URL(page.url()).hash).toBe("#/v1/rerank");
    await page.reload();
    await page.getByRole("tab", { name: "Rerank", selected: true }).waitFor();
  });
});

/** A Standard JSON Schema as a library would make it, with nulls, references, and such that lead nowhere. */
function oddStandard() {
  const schema = {
    type: "object",
    properties: {
      texts: { type: "array", items: { $ref: "#/$defs/text" } },
      mode: { enum: ["fast", "good"] },
      weight: { anyOf: [{ type: "number", minimum: 0 }, { type: "null" }], default: 0.5 },
      deep: { type: ["boolean", "null"], default: true },
      filters: { type: "object", description: "What to leave out." },
      near: { $ref: "#/$defs/text" },
      tree: { $ref: "#/$defs/tree" },
      loop: { $ref: "#/$defs/loop" },
      picture: { type: "string", format: "binary", contentEncoding: "binary" },
    },
    required: ["texts", "mode"],
    $defs: {
      text: { type: "string" },
      tree: { type: "array", items: { $ref: "#/$defs/tree" } },
      loop: { $ref: "#/$defs/loop" },
    },
  };
  return {
    version: 1 as const,
    vendor: "own",
    validate: (value: unknown) => ({ value }),
    jsonSchema: { input: () => schema, output: () => schema },
  };
}
