import { beforeAll, afterAll, expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { chromium } from "./chromium.ts";
import { describePlayground } from "./visits.ts";

let server: Started;
beforeAll(async () => {
  if (!chromium) return;
  const keys = ["--api-key", "alice=sk-alice", "--admin-key", "root=sk-root"];
  server = await start(kindred, ["serve", "--port", "0", "--model", "demo-embedding", ...keys]);
});
afterAll(() => server?.[Symbol.asyncDispose]());

describePlayground((visits) => {
  test("the page asks for a key, keeps it for the visit, and uses it", async () => {
    const page = await visits.visit({ tab: "embeddings", at: server });
    const key = page.getByLabel("API key");
    await page.getByText("This server wants an API key.").waitFor();
    expect(await key.evaluate((field) => field === document.activeElement)).toBe(true);
    await visits.screenshot(page, "keys-asked");

    await page.keyboard.type("sk-mallory");
    await page.keyboard.press("Enter");
    await page.getByText("The server does not know this key.").waitFor();
    await key.fill("sk-alice");
    await page.keyboard.press("Enter");
    await key.waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#comparison[data-state=done]").waitFor();

    await page.reload();
    await expect
      .poll(() => page.locator("#text-model option").allTextContents())
      .toEqual(["demo-embedding"]);
    expect(await key.isVisible()).toBe(false);
    const other = await visits.visit({ tab: "embeddings", at: server });
    await other.getByText("This server wants an API key.").waitFor();
  });

  test("a user's key launches nothing, and an administrator's does", async () => {
    const page = await visits.visit({ tab: "models", at: server, scheme: "dark" });
    const give = async (key: string) => {
      await page.getByLabel("API key").fill(key);
      await page.keyboard.press("Enter");
      await page.getByLabel("API key").waitFor({ state: "hidden" });
    };
    await give("sk-alice");
    await page.getByRole("button", { name: "Pin demo-embedding" }).click();
    await page.getByText(/or with an administrator's key, so this page only shows them/).waitFor();
    await visits.screenshot(page, "keys-refused");
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await give("sk-root");
    await page.getByRole("button", { name: "Pin demo-embedding" }).click();
    await page.getByRole("button", { name: "Unpin demo-embedding" }).waitFor();
    await page.getByRole("button", { name: "Unpin demo-embedding" }).click();
    await page.getByRole("button", { name: "Pin demo-embedding" }).waitFor();
  });
});
