import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { describePlayground } from "./visits.ts";

describePlayground((visits) => {
  test("drawings asked for meanwhile show their places, and each is cancelled by itself", async () => {
    const page = await visits.visit();
    await ask(page, "an apple", "900");
    await page.getByText(/^step \d+ of 900$/).waitFor();
    await ask(page, "a red circle", "5");
    await ask(page, "a blue star", "6");
    const row = (prompt: string) => page.locator(".queued").filter({ hasText: prompt });
    await row("a red circle").getByText("place 1 in the queue").waitFor();
    await row("a blue star").getByText("place 2 in the queue").waitFor();
    await visits.screenshot(page, "images-queue");
    await page.getByRole("button", { name: "Cancel “a red circle”" }).click();
    await row("a blue star").getByText("place 1 in the queue").waitFor();
    expect(await page.locator(".queued").count()).toBe(1);

    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.locator("#print[data-state=done]").waitFor({ timeout: 30_000 });
    expect(await page.locator("#gallery .title").allInnerTexts()).toEqual(["a blue star"]);
    expect(await page.locator("#queue-section").isHidden()).toBe(true);
  });

  test("no more than four are with the server, and the rest are still drawn in order", async () => {
    const page = await visits.visit();
    const before = visits.server.output.length;
    const prompts = ["sun", "moon", "star", "tree", "boat", "cat"];
    await ask(page, prompts[0]!, "900");
    for (const prompt of prompts.slice(1)) await ask(page, prompt, "4");
    await page.getByText("place 3 in the queue").waitFor();
    await page.getByText("4 of yours before it").waitFor();
    await page.getByText("5 of yours before it").waitFor();
    const { waiting } = await (await fetch(`${visits.server.url}/v1/models/demo-image`)).json();
    expect(waiting).toBe(3);
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.locator("#gallery .small-print").nth(4).waitFor({ timeout: 30_000 });
    const drawn = await page.locator("#gallery .title").allInnerTexts();
    expect(drawn).toEqual(prompts.slice(1).toReversed());
    await vi.waitUntil(() => /status=499/.test(visits.server.output.slice(before)), 30_000);
  });

  test("several pictures are drawn at once, each with its own seed", async () => {
    const page = await visits.visit();
    await settings(page);
    await page.locator("#count").fill("3");
    await page.locator("#seed").fill("7");
    await ask(page, "a house under a blue sky", "4");
    await page.locator("#print[data-state=done]").waitFor({ timeout: 30_000 });
    expect(await page.locator("#picture-facts").innerText()).toContain("seeds 7, 8, 9");
    expect(await page.locator("#sheet img").count()).toBe(3);
    await visits.screenshot(page, "images-several");
    const facts = await page.locator("#gallery .facts").allInnerTexts();
    expect(facts.map((each) => /seed (\d)/.exec(each)![1])).toEqual(["9", "8", "7"]);
    await page.getByRole("button", { name: "Look at the picture of seed 8" }).click();
    await page.locator("#viewer").getByText("seed 8").waitFor();
    await visits.screenshot(page, "images-viewer");
    await page.keyboard.press("Escape");
    expect(await page.locator("#viewer").isHidden()).toBe(true);
  });
});

async function settings(page: Page): Promise<void> {
  const closed = page.locator("#image-settings:not([open])");
  if (await closed.count()) await page.locator("#image-settings summary").click();
}

async function ask(page: Page, prompt: string, steps: string): Promise<void> {
  await settings(page);
  await page.locator("#prompt").fill(prompt);
  await page.locator("#steps").fill(steps);
  await page.getByRole("button", { name: "Draw" }).click();
}
