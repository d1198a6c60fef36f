import { fileURLToPath } from "node:url";
import { demoImage } from "@kindred/demo-models";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import { describePlayground } from "./visits.ts";

/** A folder without a model. */
const broken = fileURLToPath(new URL(".", import.meta.url));

describePlayground((visits) => {
  const opened = (page: Page) => page.getByRole("tab", { selected: true }).innerText();
  const serve = (...flags: string[]) => start(kindred, ["serve", "--port", "0", ...flags]);

  test("the page opens on pictures where there is a model that draws", async () => {
    const page = await visits.visit({ tab: "" });
    await page.getByText(/^demo-image draws /).waitFor();
    expect(await opened(page)).toBe("Images");
    expect(await page.getByRole("button", { name: "Draw" }).isEnabled()).toBe(true);
  });

  test("with embeddings alone it opens on these, and cannot draw", async () => {
    await using server = await serve("--model", "demo-embedding");
    const page = await visits.visit({ tab: "", at: server });
    await page.getByRole("button", { name: "Compare" }).waitFor();
    expect(await opened(page)).toBe("Embeddings");
    expect(new URL(page.url()).hash).toBe("");
    await page.getByRole("tab", { name: "Images", exact: true }).click();
    await page.getByText("No image model is served here.").waitFor();
    expect(await page.getByRole("button", { name: "Draw" }).isDisabled()).toBe(true);
    await visits.screenshot(page, "opening-no-images");
  });

  test("with pictures alone it cannot compare", async () => {
    await using server = await serve("--model", "demo-image");
    const page = await visits.visit({ tab: "embeddings", at: server });
    await page.getByText("No embedding model is served here.").waitFor();
    expect(await page.getByRole("button", { name: "Compare" }).isDisabled()).toBe(true);
    await visits.screenshot(page, "opening-no-embeddings");
  });

  test("with no model that works it opens on the models, and says what to launch", async () => {
    await using server = await serve("--model", `broken=${broken}`, "--keep-going");
    const page = await visits.visit({ tab: "", at: server });
    await page.getByRole("heading", { name: "Nothing can be tried yet" }).waitFor();
    expect(await opened(page)).toBe("Models");
    await page.getByText("Or launch one here, by its name or from its folder.").waitFor();
    await page.getByRole("button", { name: "Launch" }).waitFor();
    await visits.screenshot(page, "opening-nothing");
  });

  test("the demo model says what it knows and offers prompts, and another model does neither", async () => {
    const other = `other=${demoImage.source as string}`;
    await using server = await serve("--model", "demo-image", "--model", other);
    const page = await visits.visit({ at: server });
    await page.getByRole("button", { name: "an apple", exact: true }).waitFor();
    await page.getByText("What demo-image knows").waitFor();
    const words = await page.locator("#about-model-words").textContent();
    expect(words).toMatch(/A small model of our own.*snowman.*purple.*desert/);
    if (await page.locator("#image-settings:not([open])").count()) {
      await page.locator("#image-settings summary").click();
    }
    await page.locator("#image-model").selectOption("other");
    await page.getByText(/^other draws /).waitFor();
    expect(await page.locator("#examples").isHidden()).toBe(true);
    expect(await page.locator("#about-model").isHidden()).toBe(true);
    await visits.screenshot(page, "opening-other-model");
  });
});
