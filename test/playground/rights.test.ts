import { createKernel } from "@kindred/core";
import { launchOnDemand, ModelRegistry } from "@kindred/core/registry";
import { embedding } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";
import type { LifecycleOptions, Serving } from "@kindred/server-koa";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { chromium } from "./chromium.ts";
import { describePlayground } from "./visits.ts";

/** Only the server's machine may launch, and this is none. */
const nobody = { allow: () => false };

let folder: Awaited<ReturnType<typeof fixture>>;
beforeAll(async () => {
  if (chromium) folder = await fixture("bge-tiny");
});
afterAll(() => folder?.[Symbol.asyncDispose]());

/** A server of one launched model and of "lark", which a request launches. `lifecycle` undefined: without its routes. */
async function served(
  lifecycle?: Pick<LifecycleOptions, "allow">,
): Promise<Serving & AsyncDisposable> {
  const plugins = [embedding()];
  const registry = await ModelRegistry.open({ plugins });
  await registry.register({ name: "lark", task: "embedding", source: folder.path });
  const onDemand = launchOnDemand({ registry });
  const models = [{ id: "bge", source: folder.path }];
  const kernel = await createKernel({ plugins, models, onDemand, aliases: { small: "bge" } });
  const options = lifecycle && { lifecycle: { ...lifecycle, registry, onDemand } };
  const serving = await serve(kernel, { port: 0, ...options });
  return { ...serving, url: serving.url, [Symbol.asyncDispose]: () => serving.close() };
}

describePlayground((visits) => {
  const controls = (page: Page) =>
    page.locator("#launch-form:visible, .model :is(.pin, .unload, .cancel):visible");
  const refused = "Models are launched and unloaded from the server's own machine, or with";

  test("a server without a lifecycle is shown without controls, and the page says why", async () => {
    await using server = await served();
    const page = await visits.visit({ tab: "models", at: server });
    await page.getByText(/^The application that runs this server decides which models/).waitFor();
    await page.getByText("It is also called small.").waitFor();
    expect(await controls(page).count()).toBe(0);
    expect(await page.getByRole("button", { name: "Try bge" }).isVisible()).toBe(true);
    await visits.screenshot(page, "rights-missing");
  });

  test("where this machine may launch nothing either, the first refusal says so", async () => {
    await using server = await served(nobody);
    const page = await visits.visit({ tab: "models", at: server });
    await page.getByText("It is lark. It is also called small.").waitFor();
    await page.getByRole("button", { name: "Pin bge" }).click();
    await page.getByText(refused).waitFor();
    expect(await controls(page).count()).toBe(0);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("models-title");
    await visits.screenshot(page, "rights-refused");
  });

  test("at another name the page asks first, and shows no controls that would be refused", async () => {
    await using refusing = await served(nobody);
    await using allowing = await served({});
    const named = ({ url }: Serving) => ({ url: url.replace("127.0.0.1", "gpu-box.localhost") });
    const page = await visits.visit({ tab: "models", at: named(refusing) });
    await page.getByText(refused).waitFor();
    expect(await controls(page).count()).toBe(0);
    const other = await visits.visit({ tab: "models", at: named(allowing) });
    await other.getByRole("button", { name: "Pin bge" }).waitFor();
  });

  test("a model that a request launched says so, and when it goes", async () => {
    await using server = await served({});
    const page = await visits.visit({ tab: "embeddings", at: server });
    await page.locator("#compare:not([disabled])").waitFor();
    const reply = await fetch(`${server.url}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "lark", input: "a red fox" }),
    });
    expect(reply.status).toBe(200);
    await page.locator("#text-model option[value=lark]").waitFor({ state: "attached" });
    await page.getByRole("tab", { name: "Models" }).click();
    await page
      .getByText(/^A request launched it\. It is unloaded in \d+ min without a request\.$/)
      .waitFor();
    await visits.screenshot(page, "rights-on-demand");
  });

  test("the page asks less often while nothing moves, and not at all while it is hidden", async () => {
    await using server = await served({});
    const page = await visits.visit({ tab: "", at: server });
    await page.clock.install();
    await page.goto(`${server.url}/#models`);
    await page.reload();
    await page.getByRole("button", { name: "Pin bge" }).waitFor();
    let asked = 0;
    page.on("request", (request) => (asked += Number(request.url().endsWith("/v1/models"))));
    const passed = async (seconds: number) => {
      asked = 0;
      for (let i = 0; i < seconds; i++) {
        await page.clock.runFor(1_000);
        await page.evaluate(() => fetch("v1/endpoints").then((reply) => reply.text()));
      }
      return asked;
    };
    const still = await passed(20);
    expect(still).toBeGreaterThan(0);
    expect(still).toBeLessThan(6);
    await show(page, "hidden");
    expect(await passed(20)).toBe(0);
    await show(page, "visible");
    await expect.poll(() => asked).toBe(1);
  });
});

/** Hides the page, or shows it, as another tab of the browser does. */
async function show(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "visibilityState", { value, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}
