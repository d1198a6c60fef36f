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

  test.each(["light", "dark"] as const)(
    "the selected tab stands out in %s, and so does its focus",
    async (scheme) => {
      const page = await visits.visit({ scheme });
      await page.getByText(/^demo-image draws /).waitFor();
      await page.keyboard.press("Tab");
      const [selected, bar, paper, outline] = await page.evaluate(colours, [
        ["#images-tab", "backgroundColor"],
        ["#tabs", "backgroundColor"],
        [":root", "backgroundColor"],
        ["#images-tab", "outlineColor"],
      ] as const);
      expect(contrast(selected!, [paper!, bar!])).toBeGreaterThan(3);
      expect(contrast(outline!, [paper!, bar!])).toBeGreaterThan(3);
    },
  );

  test("labels name fields as the API's errors do", async () => {
    const page = await visits.visit();
    const unnamed = await page.evaluate(() =>
      Array.from(document.querySelectorAll<HTMLInputElement>(".field [name], .check [name]"))
        .filter(({ name, labels }) => labels![0]!.querySelector("code")?.textContent !== name)
        .map(({ name }) => name),
    );
    expect(unnamed).toEqual([]);
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

/** Runs in the page. Computed colours as red, green, blue and alpha, painted alone. */
function colours(asked: readonly (readonly [selector: string, property: string])[]) {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  return asked.map(([selector, property]) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = getComputedStyle(document.querySelector(selector)!)[property as "color"];
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  });
}

/** WCAG's contrast of a colour with others that lie one over the other. */
function contrast(colour: readonly number[], behind: readonly (readonly number[])[]): number {
  const back = behind.reduce((below, over) =>
    over.map((channel, i) => below[i]! + (channel - below[i]!) * (over[3]! / 255)),
  );
  const [dark = 0, light = 0] = [luminance(colour), luminance(back)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((byte) => {
    const share = byte / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Sets a number of steps that leaves the test time to act during the drawing. */
async function longDrawing(page: Page): Promise<void> {
  await page.locator("#steps").evaluate((field) => ((field as HTMLInputElement).value = "900"));
}
