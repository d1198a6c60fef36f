import { expect, test } from "vitest";
import { describePlayground } from "./visits.ts";

describePlayground((visits) => {
  test("texts become a heat map, and the nearest pair is named", async () => {
    const page = await visits.visit({ tab: "embeddings" });
    await page.locator("#text-model option").first().waitFor({ state: "attached" });
    await visits.screenshot(page, "embeddings-empty");
    const texts = await page
      .getByRole("textbox", { name: /^Text / })
      .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value));
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#comparison[data-state=done]").waitFor();
    await visits.screenshot(page, "embeddings-compared");

    const cosines = await cosinesOf(visits.server.url, texts);
    const pairs = texts.flatMap((_, j) => texts.slice(0, j).map((__, i) => [i, j] as const));
    const [one, other] = pairs.reduce((best, pair) =>
      cosines[pair[0]]![pair[1]]! > cosines[best[0]]![best[1]]! ? pair : best,
    );
    const heading = page.getByRole("heading", { name: /are nearest/ });
    expect(await heading.innerText()).toContain(
      `${"ABCDEF"[one]} and ${"ABCDEF"[other]} are nearest`,
    );
    const quotes = await page.locator("#nearest blockquote").allInnerTexts();
    expect(quotes).toEqual([texts[one], texts[other]]);

    const rows = await page
      .locator("#heat-map tbody tr")
      .evaluateAll((lines) =>
        lines.map((line) => Array.from(line.querySelectorAll("td"), (cell) => cell.textContent)),
      );
    expect(rows).toEqual(
      cosines.map((row, i) => row.map((cosine, j) => (i === j ? "1" : shown(cosine)))),
    );
    const nearest = await page.locator("#heat-map .nearest-pair").allInnerTexts();
    expect(nearest).toEqual([shown(cosines[one]![other]!), shown(cosines[one]![other]!)]);
  });

  test("texts are added, removed and pasted as lines", async () => {
    const page = await visits.visit({ tab: "embeddings" });
    const fields = page.getByRole("textbox", { name: /^Text / });
    for (let left = await fields.count(); left > 1; left--) {
      await page.getByRole("button", { name: "Remove text B" }).click();
    }
    await page.getByLabel("Text A", { exact: true }).fill("");
    await page.getByLabel("Text A", { exact: true }).evaluate((field) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "a red fox\n\nthe sea\r\n");
      const paste = { clipboardData, bubbles: true, cancelable: true };
      field.dispatchEvent(new ClipboardEvent("paste", paste));
    });
    expect(await fields.count()).toBe(2);
    await page.getByRole("button", { name: "Add a text" }).click();
    await page.keyboard.type("an ocean");
    await page.keyboard.press("Enter");
    expect(await fields.count()).toBe(4);
    await page.keyboard.press("Control+Enter");
    await page.getByText("3 texts").waitFor();
    expect(await page.locator("#heat-map tbody tr").count()).toBe(3);
  });

  test("a text that is too long is marked, unless truncation is allowed", async () => {
    const page = await visits.visit({ tab: "embeddings", scheme: "dark" });
    const third = page.getByLabel("Text C", { exact: true });
    await third.fill("so long ".repeat(400));
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#text-problem").getByText("input[2]").first().waitFor();
    expect(await third.getAttribute("aria-invalid")).toBe("true");
    await visits.screenshot(page, "embeddings-refused");
    await page.getByLabel("Cut texts that are too long").check();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.locator("#comparison[data-state=done]").waitFor();
    await visits.screenshot(page, "embeddings-cut");
  });

  test("one text alone has no pair", async () => {
    const page = await visits.visit({ tab: "embeddings" });
    for (const letter of "FEDCB") {
      await page.getByRole("button", { name: `Remove text ${letter}` }).click();
    }
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("It takes two texts or more.").waitFor();
  });
});

function shown(cosine: number): string {
  return cosine.toFixed(2).replace("-0.00", "0.00").replace("-", "−");
}

async function cosinesOf(url: string, input: readonly string[]): Promise<number[][]> {
  const reply = await fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "demo-embedding", input }),
  });
  const { data } = (await reply.json()) as { data: { embedding: number[] }[] };
  const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  return data.map(({ embedding: a }) =>
    data.map(({ embedding: b }) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))),
  );
}
