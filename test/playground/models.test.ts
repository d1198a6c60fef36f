import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import { describePlayground } from "./visits.ts";

/** A folder without a model. */
const broken = fileURLToPath(new URL(".", import.meta.url));

describePlayground(
  (visits) => {
    test("a model is shown to open, with its memory and device", async () => {
      await using server = await start(kindred, ["serve", "--port", "0"]);
      const page = await visits.visit({ tab: "models", at: server });
      const card = page.locator(".model").filter({ hasText: "demo-embedding" });
      await card.getByText("Not in memory", { exact: true }).waitFor();
      await card.getByText("The next request opens it.").waitFor();
      await card.getByText("0 of 1 graph open").waitFor();
      await visits.screenshot(page, "models-asleep");
      await fetch(`${server.url}/v1/embeddings`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "demo-embedding", input: "a red fox" }),
      });
      await card.getByText(/^In memory, [\d.]+ MB$/).waitFor();
      await card.getByText(/^It closes in \d+ min without a request\.$/).waitFor();
      await card.getByText("1 of 1 graph open").click();
      const facts = await card.locator("dl").innerText();
      expect(facts).toMatch(/Device\s+cpu/);
      expect(facts).toMatch(/Peak of its largest graph\s+[\d.]+ MB/);
      await page.getByText(/^2 models, 1 in memory, [\d.]+ MB$/).waitFor();
      await visits.screenshot(page, "models-loaded");
    });

    test("a model that cannot be served shows the reason", async () => {
      const page = await visits.visit({ tab: "models", scheme: "dark" });
      const card = page.locator(".model").filter({ hasText: "broken" });
      await card.getByText("Cannot be served").waitFor();
      expect((await card.locator(".reason").innerText()).length).toBeGreaterThan(10);
      expect(await card.getByRole("button").allInnerTexts()).toEqual(["Remove"]);
      await visits.screenshot(page, "models-failed");
    });

    test("the button of a model opens the tab of its task", async () => {
      const page = await visits.visit({ tab: "models" });
      await page.getByRole("button", { name: "Try demo-embedding" }).click();
      await page.getByRole("tab", { name: "Embeddings", selected: true }).waitFor();
      expect(await page.locator("#text-model").inputValue()).toBe("demo-embedding");
      expect(new URL(page.url()).hash).toBe("#embeddings");
    });

    test("the open tab is in sight, also where the tabs are wider than the page", async () => {
      const page = await visits.visit({ tab: "models" });
      await page.getByRole("tab", { name: "Images upscale" }).waitFor();
      const [list, tab] = await Promise.all(
        ["#tabs", "#models-tab"].map((selector) => page.locator(selector).boundingBox()),
      );
      expect(tab!.x + tab!.width).toBeLessThanOrEqual(list!.x + list!.width);
    });

    test("a look at the models leaves the selectors alone where nothing lasting changed", async () => {
      const page = await visits.visit({ tab: "embeddings" });
      const option = page.locator("#text-model option").first();
      await option.evaluate((element) => (element.dataset["seen"] = "before"));
      await page.waitForResponse(/\/v1\/models$/);
      await page.getByRole("tab", { name: "Models" }).click();
      await page.waitForResponse(/\/v1\/models$/);
      expect(await option.getAttribute("data-seen")).toBe("before");
    });

    test("the page says that a server no longer answers", async () => {
      await using server = await start(kindred, ["serve", "--port", "0"]);
      const page = await visits.visit({ tab: "models", at: server });
      await page.locator(".model").first().waitFor();
      server.kill("SIGTERM");
      await server.ended;
      await page.getByText("The server went away.").waitFor();
      await visits.screenshot(page, "models-gone");
    });
  },
  ["--model", `broken=${broken}`, "--keep-going"],
);
