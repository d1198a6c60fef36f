import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { chromium } from "./chromium.ts";
import { faintTexts } from "./faint-texts.ts";
import { describePlayground } from "./visits.ts";

let locked: Started;
beforeAll(async () => {
  if (!chromium) return;
  const flags = ["--model", "demo-embedding", "--api-key", "alice=sk-alice"];
  locked = await start(kindred, ["serve", "--port", "0", ...flags]);
});
afterAll(() => locked?.[Symbol.asyncDispose]());

describePlayground((visits) => {
  const shown = (page: Page) => page.locator("#embeddings").waitFor();
  const curlLine = async (page: Page, id: string) => {
    await page.locator(`#${id} .curl > summary`).click();
    const code = page.locator(`#${id} .curl code`);
    await code.getByText(/^curl /).waitFor();
    return code.textContent();
  };

  test("the page of API docs has every operation of the document, and each schema's fields", async () => {
    const page = await visits.visit({ path: "docs" });
    await shown(page);
    const { paths, components } = await (await fetch(`${visits.server.url}/openapi.json`)).json();
    const operations = Object.values<Record<string, any>>(paths).flatMap((item) =>
      Object.values(item).filter(({ operationId }) => operationId),
    );
    const ids = await page.locator(".operation").evaluateAll((all) => all.map(({ id }) => id));
    expect(ids.toSorted()).toEqual(operations.map(({ operationId }) => operationId).toSorted());
    const { properties } = components.schemas.ImagesGenerationsRequest;
    const body = page
      .locator("#imagesGenerations .part")
      .filter({ hasText: /^\s*Body/ })
      .first();
    const names = await body.locator("> ul > li > .field-head > .field-name").allTextContents();
    expect(names).toEqual(Object.keys(properties));
    const parts = await page.locator("#imagesGenerations .part-name").allTextContents();
    expect(parts).toContain("image_generation.completed");
    const errors = page.locator("#embeddings .docs-error");
    expect((await errors.filter({ hasText: "404" }).textContent())!).toContain("MODEL_NOT_FOUND");
  });

  test.each([
    ["embeddings", "/v1/embeddings"],
    ["imagesGenerations", "/v1/images/generations"],
  ])("the server takes the example of %s", async (id, path) => {
    const page = await visits.visit({ path: `docs#${id}` });
    await page.locator(`#${id}[open]`).waitFor();
    const line = await curlLine(page, id);
    expect(line).toContain(visits.server.url + path);
    const [, body] = /-d '([^']*)'$/.exec(line!)!;
    const headers = { "content-type": "application/json" };
    const reply = await fetch(visits.server.url + path, { method: "POST", headers, body: body! });
    expect(reply.status).toBe(200);
  });

  test("the page of API docs asks for a key, and keeps it for the visit", async () => {
    const page = await visits.visit({ path: "docs", at: locked });
    await page.getByText("This server wants an API key.").waitFor();
    await visits.screenshot(page, "docs-key");
    await page.keyboard.type("sk-alice");
    await page.keyboard.press("Enter");
    await shown(page);
    expect(await page.getByLabel("API key").isVisible()).toBe(false);
    await page.locator("#embeddings > summary").click();
    expect(await curlLine(page, "embeddings")).toContain(
      '-H "authorization: Bearer $KINDRED_API_KEY"',
    );
    await page.reload();
    await shown(page);
  });

  test("a route is reached by keys alone", async () => {
    const page = await visits.visit({ path: "docs" });
    await shown(page);
    const link = page.locator("#docs-tags a", { hasText: /^embedding$/ });
    await link.focus();
    await page.keyboard.press("Enter");
    const focused = () =>
      page.evaluate(() => document.activeElement?.closest(".operation")?.id ?? "");
    await expect.poll(focused).toBe("embeddings");
    await page.keyboard.press("Enter");
    await page.locator("#embeddings[open]").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.url()).toMatch(/docs#embeddings$/);
    await page.goto(`${visits.server.url}/docs#rerank`);
    await page.locator("#rerank[open]").waitFor();
    await page.getByRole("link", { name: "Playground" }).click();
    await page.getByRole("link", { name: "API's page" }).click();
    await shown(page);
  });

  test.each(["light", "dark"] as const)(
    "everything of the API docs is open in %s, has enough contrast and fits the width",
    async (scheme) => {
      const page = await visits.visit({ path: "docs", scheme });
      await shown(page);
      await visits.screenshot(page, "docs");
      const openAll = (id: string) =>
        page.locator(`#${id}`).evaluate((operation) => {
          const inner = operation.querySelectorAll("details");
          for (const each of [operation as HTMLDetailsElement, ...inner]) each.open = true;
        });
      await openAll("embeddings");
      await page
        .locator("#embeddings .curl code")
        .getByText(/^curl /)
        .waitFor();
      // With the other open too, the page is higher than some browsers capture.
      await visits.screenshot(page, "docs-open");
      await openAll("imagesGenerations");
      await page
        .locator("#imagesGenerations .curl code")
        .getByText(/^curl /)
        .waitFor();
      expect(await page.evaluate(faintTexts)).toEqual([]);
      const [width, wide] = await page.evaluate(() => [
        document.documentElement.clientWidth,
        document.documentElement.scrollWidth,
      ]);
      expect(wide).toBe(width);
    },
  );
});
