import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { createKernel, folderSource, modelSource, provide } from "@kindred/core";
import type { ModelSource } from "@kindred/core";
import { ModelRegistry } from "@kindred/core/registry";
import { embedding } from "@kindred/plugin-embedding";
import { serve as open } from "@kindred/server-koa";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { home } from "../../packages/core/test/hub/fetched.ts";
import { standIn } from "../../packages/core/test/hub/stand-in.ts";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { kindred, start } from "../started.ts";
import { chromium } from "./chromium.ts";
import { faintTexts } from "./faint-texts.ts";
import { describePlayground } from "./visits.ts";

/** A folder without a model. */
const broken = fileURLToPath(new URL(".", import.meta.url));

let folder: Awaited<ReturnType<typeof fixture>>;
beforeAll(async () => {
  if (chromium) folder = await fixture("bge-tiny");
});
afterAll(() => folder?.[Symbol.asyncDispose]());

describePlayground((visits) => {
  const card = (page: Page, id: string) =>
    page.locator(".model").filter({ has: page.getByRole("heading", { name: id, exact: true }) });
  const field = (page: Page, name: string) => page.locator("#launch-form").getByLabel(name);
  const serve = () => start(kindred, ["serve", "--port", "0", "--model", "demo-embedding"]);
  const modelsOf = async ({ url }: { readonly url: string }) => {
    const { data } = (await (await fetch(`${url}/v1/models`)).json()) as {
      data: { id: string; keepAlive: number | null }[];
    };
    return data;
  };

  test("a folder is launched by keys, joins the selectors of the page, and leaves them once it is unloaded", async () => {
    await using server = await serve();
    const page = await visits.visit({ tab: "models", at: server });
    // What is not shown yet takes no focus.
    await field(page, "model_path").waitFor();
    await field(page, "model_path").focus();
    await page.keyboard.type(folder.path);
    const name = field(page, "model_name");
    await expect.poll(() => name.getAttribute("placeholder")).toBe("bge-tiny");
    await page.keyboard.press("Control+Enter");
    await card(page, "bge-tiny").getByText("Not in memory").waitFor();
    expect(await page.locator("#models-news").textContent()).toBe(
      "The launch of bge-tiny has begun.",
    );
    expect(await field(page, "model_path").inputValue()).toBe("");
    const offered = () => page.locator("#text-model option").allTextContents();
    expect(await offered()).toEqual(["demo-embedding", "bge-tiny"]);
    await visits.screenshot(page, "launches-folder");

    await page.getByRole("button", { name: "Unload bge-tiny" }).focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Unload bge-tiny?" });
    await dialog.waitFor();
    await visits.screenshot(page, "launches-unload");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect((await modelsOf(server)).map(({ id }) => id)).toContain("bge-tiny");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Unload" }).click();
    await card(page, "bge-tiny").waitFor({ state: "detached" });
    expect((await modelsOf(server)).map(({ id }) => id)).toEqual(["demo-embedding"]);
    expect(await offered()).toEqual(["demo-embedding"]);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("models-title");
  });

  test("a pinned model stays, and one that is unpinned closes after as long as before", async () => {
    const flags = ["--model", "demo-embedding", "--keep-alive", "20m"];
    await using server = await start(kindred, ["serve", "--port", "0", ...flags]);
    const page = await visits.visit({ tab: "models", at: server, scheme: "dark" });
    await page.getByRole("button", { name: "Pin demo-embedding" }).click();
    const model = card(page, "demo-embedding");
    await model.getByText("The next request opens it, and it stays then: it is pinned.").waitFor();
    expect((await modelsOf(server))[0]!.keepAlive).toBeNull();
    await embed(server.url, "demo-embedding");
    await model.getByText("It stays: it is pinned.").waitFor();
    await visits.screenshot(page, "launches-pinned");
    await page.getByRole("button", { name: "Unpin demo-embedding" }).click();
    await model.getByText(/^It closes in \d+ min without a request\.$/).waitFor();
    expect((await modelsOf(server))[0]!.keepAlive).toBe(1200);
  });

  test("a download shows its bytes, is cancelled, and goes on with the next launch", async () => {
    const files = await filesOf(folder.path);
    const weights = "model.safetensors";
    const stall = Math.round(files[weights]!.length / 2);
    let stalls = true;
    await using hub = await standIn({
      files,
      fault: ({ path }) => (stalls && path.endsWith(weights) ? { stall } : undefined),
    });
    await using cache = await home();
    const env = { ...process.env, ...cache.env(hub) };
    const flags = ["--model", "demo-embedding"];
    await using server = await start(kindred, ["serve", "--port", "0", ...flags], { env });
    const page = await visits.visit({ tab: "models", at: server });
    await field(page, "model_name").fill("birds/lark");
    await page.getByText("A repository of Hugging Face.").waitFor();
    await page.getByRole("button", { name: "Launch" }).click();
    const model = card(page, "birds/lark");
    await model.getByText("Downloading").waitFor();
    const bar = model.getByRole("progressbar", { name: "Download of birds/lark" });
    await bar.waitFor();
    await expect.poll(() => bar.getAttribute("value").then(Number)).toBeGreaterThanOrEqual(stall);
    expect(Number(await bar.getAttribute("max"))).toBeGreaterThanOrEqual(files[weights]!.length);
    expect(await model.locator(".whole").innerText()).toMatch(/^[\d.]+ kB of [\d.]+ kB from birds/);
    for (const width of [360, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await visits.screenshot(page, `launches-download-${width}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    expect(await page.evaluate(faintTexts)).toEqual([]);
    await page.getByRole("button", { name: "Cancel birds/lark" }).click();
    await model.waitFor({ state: "detached" });

    stalls = false;
    await field(page, "model_name").fill("birds/lark");
    await page.getByRole("button", { name: "Launch" }).click();
    await model.getByText("Not in memory").waitFor();
    expect(await bar.count()).toBe(0);
    await page.getByRole("button", { name: "Unload birds/lark" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Unload" }).click();
    await model.waitFor({ state: "detached" });
  });

  test("a download of several files names the one that comes on", async () => {
    const plugins = [embedding()];
    const registry = await ModelRegistry.open({ plugins });
    const kernel = await createKernel({ plugins, provides: [provide(modelSource, () => endless)] });
    const server = await open(kernel, { port: 0, lifecycle: { registry } });
    const page = await visits.visit({ tab: "models", at: server });
    await field(page, "model_path").fill(folder.path);
    await page.getByRole("button", { name: "Launch" }).click();
    const model = card(page, "bge-tiny");
    await model.getByText("1.5 MB of 6 GB from birds/lark").waitFor();
    await model.getByText("model-00002.safetensors: 500 kB of 3 GB").waitFor();
    await page.getByRole("button", { name: "Cancel bge-tiny" }).click();
    await page.getByText("No models").waitFor();
    await server.close();
  });

  test("a launch that fails says why, and is removed", async () => {
    await using server = await serve();
    const page = await visits.visit({ tab: "models", at: server, scheme: "dark" });
    await field(page, "model_path").fill(broken);
    await field(page, "model_name").fill("nothing");
    await page.getByRole("button", { name: "Launch" }).click();
    const model = card(page, "nothing");
    await model.getByText("Cannot be served").waitFor();
    await model.getByText(/^No family recognises "nothing"/).waitFor();
    await visits.screenshot(page, "launches-failed");
    await page.getByRole("button", { name: "Remove nothing" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove nothing?" });
    await dialog.getByRole("button", { name: "Remove" }).click();
    await model.waitFor({ state: "detached" });
  });

  test("a name that nobody knows is refused at its field, with what was probably meant", async () => {
    const page = await visits.visit({ tab: "models" });
    await field(page, "model_name").fill("bge-smal-en-v1.5");
    await page.getByText("No model is known by this name.").waitFor();
    await page.getByRole("button", { name: "Launch" }).click();
    await page.getByText(/Did you mean "?bge-small-en-v1\.5/).waitFor();
    await page.getByText("param model_name").waitFor();
    expect(await field(page, "model_name").getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("launch-name");
    await visits.screenshot(page, "launches-refused");
  });

  test("known names are suggested with their type and licence, those of another type are not", async () => {
    const page = await visits.visit({ tab: "models" });
    const gated = page.locator("#known-models option[value='sd3-medium']");
    await gated.waitFor({ state: "attached" });
    expect(await gated.textContent()).toMatch(/^image · licence .+ · gated$/);
    await field(page, "model_name").fill("sd3-medium");
    await page.getByText(/^For image: stabilityai\/stable-diffusion-3-medium.*gated\./).waitFor();
    await page.getByText("Accept its licence there, and give the server a token.").waitFor();
    await page.locator("#launch-form .settings summary").click();
    await field(page, "model_type").selectOption("rerank");
    expect(await gated.count()).toBe(0);
    const types = await page.locator("#known-models option").allTextContents();
    expect(new Set(types.map((text) => text.split(" · ")[0]))).toEqual(new Set(["rerank"]));
    await page.locator("#launch-curl summary").click();
    await page.getByText('"model_type": "rerank"').waitFor();
  });

  test("what a server says is text, whatever is in it", async () => {
    await using server = await serve();
    const page = await visits.visit({ tab: "models", at: server });
    const id = '<img src=x onerror="alert(1)">';
    await field(page, "model_path").fill(join(broken, "<b>none</b>"));
    await page.locator("#launch-form .settings summary").click();
    await field(page, "model_uid").fill(id);
    await page.getByRole("button", { name: "Launch" }).click();
    const model = card(page, id);
    await model.getByText("Cannot be served").waitFor();
    expect(await model.locator("img, b").count()).toBe(0);
    await model.getByRole("button").click();
    await page.getByRole("dialog", { name: `Remove ${id}?` }).waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    await model.waitFor({ state: "detached" });
  });
});

/** A source whose downloads begin and do not end. */
const endless: ModelSource = {
  find: async (source, call) => ({
    ...(await folderSource.find(source, call)),
    fetch: async (_, { onEvent, signal }) => {
      const file = { name: "model-00002.safetensors", done: 5e5, total: 3e9 };
      onEvent({ what: "birds/lark", done: 1.5e6, total: 6e9, file });
      await once(signal, "abort");
      throw signal.reason;
    },
  }),
};

async function filesOf(path: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map(async (file) => [relative(path, file), await readFile(file)] as const);
  return Object.fromEntries(await Promise.all(files));
}

async function embed(url: string, model: string): Promise<void> {
  const reply = await fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, input: "a red fox" }),
  });
  expect(reply.status).toBe(200);
}
