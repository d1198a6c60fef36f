import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { faintTexts } from "./faint-texts.ts";
import { describePlayground } from "./visits.ts";

describePlayground((visits) => {
  test("keys alone suffice for everything", async () => {
    const page = await visits.visit();
    await page.getByText(/^demo-image draws /).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("images-tab");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("prompt");
    await page.keyboard.type("a red circle on a blue background");
    await page.keyboard.press("Control+Enter");
    await page.locator("#gallery .small-print").waitFor();
    expect(await focused()).toBe("prompt");
    await visits.screenshot(page, "keys");

    await longDrawing(page);
    await page.keyboard.press("Control+Enter");
    await page.getByText(/^step \d+ of /).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Cancelled").waitFor();

    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("embeddings-tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: /are nearest/ }).waitFor();
    await page.locator("#embeddings-tab").focus();
    await page.keyboard.press("End");
    await page.locator(".model").first().waitFor();
    await page.keyboard.press("ArrowRight");
    expect(await focused()).toBe("images-tab");
  });

  test.each(["light", "dark"] as const)("every text has enough contrast in %s", async (scheme) => {
    const page = await visits.visit({ scheme });
    const paper = await page.evaluate(
      () => getComputedStyle(document.documentElement).backgroundColor,
    );
    const [red = 0] = paper.match(/\d+/g)!.map(Number);
    expect(red > 128).toBe(scheme === "light");
    for await (const tab of each(page)) {
      await visits.screenshot(page, `page-${tab}`);
      expect(await page.evaluate(faintTexts)).toEqual([]);
    }
  });

  test("the page fits a width of 360 pixels", async () => {
    const page = await visits.visit({ viewport: { width: 360, height: 740 } });
    for await (const tab of each(page)) {
      for (const details of await page.locator("details:visible").all()) {
        await details.evaluate((element: HTMLDetailsElement) => (element.open = true));
      }
      await visits.screenshot(page, `narrow-${tab}`);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width).toBe(360);
    }
  });

  test("every control has a name", async () => {
    const page = await visits.visit();
    await page.locator(".model").first().waitFor({ state: "attached" });
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement>("button, input, select, textarea, a")]
        .filter(
          (control) =>
            !control.ariaLabel && !control.labels?.length && !control.textContent?.trim(),
        )
        .map((control) => control.outerHTML),
    );
    expect(nameless).toEqual([]);
  });
});

/** Opens one tab after another, each with its content. */
async function* each(page: Page): AsyncGenerator<string> {
  await page.getByText(/^demo-image draws /).waitFor();
  yield "images";
  await page.getByRole("tab", { name: "Embeddings" }).click();
  await page.getByRole("button", { name: "Compare" }).click();
  await page.locator("#comparison[data-state=done]").waitFor();
  yield "embeddings";
  await page.getByRole("tab", { name: "Models" }).click();
  await page.locator(".model").first().waitFor();
  yield "models";
}

/** Sets a number of steps that leaves the test time to act during the drawing. */
async function longDrawing(page: Page): Promise<void> {
  await page
    .getByLabel("Steps", { exact: true })
    .evaluate((field) => ((field as HTMLInputElement).value = "900"));
}
