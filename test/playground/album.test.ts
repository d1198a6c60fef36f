import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { describePlayground } from "./visits.ts";

describePlayground((visits) => {
  test("pictures survive a reload, with their settings", async () => {
    const page = await visits.visit();
    await draw(page, "an apple");
    await draw(page, "a red circle");
    await page.getByText(/^2 pictures, .* kept in this browser/).waitFor();
    await page.reload();
    await page.locator("#gallery .small-print").nth(1).waitFor();
    expect(await page.locator("#gallery .title").allInnerTexts()).toEqual([
      "a red circle",
      "an apple",
    ]);
    await page.waitForFunction(() =>
      Array.from(document.querySelectorAll<HTMLImageElement>("#gallery img")).every(
        ({ naturalWidth }) => naturalWidth === 512,
      ),
    );
    await visits.screenshot(page, "images-kept");
    await page.getByRole("button", { name: "Reuse the settings of “an apple”" }).click();
    expect(await page.locator("#prompt").inputValue()).toBe("an apple");
    expect(await page.locator("#steps").inputValue()).toBe("4");
  });

  test("one picture is deleted, or all of them, for good", async () => {
    const page = await visits.visit();
    for (const prompt of ["an apple", "a red circle", "a tree"]) await draw(page, prompt);
    await page.getByRole("button", { name: "Delete “a tree”" }).click();
    expect(await page.locator("#print").getAttribute("data-state")).toBe("empty");
    await page.getByText(/^2 pictures/).waitFor();
    await page.reload();
    await page.getByText(/^2 pictures/).waitFor();

    await page.getByRole("button", { name: "Delete all" }).click();
    await page.getByText("Delete 2 pictures?").waitFor();
    await visits.screenshot(page, "images-clear");
    await page.getByRole("button", { name: "Keep" }).click();
    expect(await page.locator("#gallery .small-print").count()).toBe(2);
    await page.getByRole("button", { name: "Delete all" }).click();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByText(/^Pictures are kept in this browser/).waitFor();
    await page.reload();
    await page.getByText(/^demo-image draws /).waitFor();
    expect(await page.locator("#gallery .small-print").count()).toBe(0);
  });

  test.each([
    ["in number", { each: 1, source: 0, asked: 205 }, 200],
    ["in bytes", { each: 45_000_000, source: 0, asked: 6 }, 4],
    [
      "in bytes with the pictures drawn over",
      { each: 30_000_000, source: 15_000_000, asked: 6 },
      4,
    ],
  ])("what is kept is bounded %s, and the oldest go", async (_, sizes, kept) => {
    const page = await visits.visit();
    await page.getByText(/^demo-image draws /).waitFor();
    const left = await page.evaluate<Left>(fillAlbum(sizes));
    expect(left.seeds).toEqual(Array.from({ length: kept }, (__, i) => sizes.asked - kept + i));
    expect(left.gone).toBe(sizes.asked - kept);
  });

  test.each([
    ["refuses to name", throwingStore],
    ["refuses to open", failingStore],
  ])(
    "without a store that the browser %s, pictures are drawn and the page says it once",
    async (_, before) => {
      const page = await visits.visit({ before });
      await draw(page, "an apple");
      await draw(page, "a tree");
      const told = page.getByText("This browser keeps nothing for this page (SecurityError).");
      await told.waitFor();
      expect(await told.count()).toBe(1);
      await visits.screenshot(page, "images-not-kept");
      await page.getByRole("button", { name: "Delete “a tree”" }).click();
      expect(await page.locator("#gallery .small-print").count()).toBe(1);
    },
  );
});

function throwingStore(): void {
  Object.defineProperty(globalThis, "indexedDB", {
    get() {
      throw new DOMException("Refused.", "SecurityError");
    },
  });
}

function failingStore(): void {
  IDBFactory.prototype.open = () => {
    throw new DOMException("Refused.", "SecurityError");
  };
}

interface Left {
  readonly gone: number;
  /** Each picture's number. */
  readonly seeds: readonly number[];
}

/** Runs in the page, as text: vitest would take the import for its own. Adds so many pictures to the album. */
const fillAlbum = ({
  each,
  source,
  asked,
}: Readonly<Record<"each" | "source" | "asked", number>>) => `
  (async () => {
    const { Album } = await import("/playground/images/album.js");
    const album = await Album.open();
    const file = new Blob([new Uint8Array(${each})], { type: "image/png" });
    const image = new File([new Uint8Array(${source})], "in.png", { type: "image/png" });
    let gone = 0;
    for (let seed = 0; seed < ${asked}; seed++) {
      gone += (await album.add({ file, files: { image }, seed, request: { prompt: "an apple" } })).gone.length;
    }
    return { gone, seeds: (await album.all()).map(({ seed }) => seed) };
  })()`;

async function draw(page: Page, prompt: string): Promise<void> {
  const drawn = await page.locator("#gallery .small-print").count();
  if (await page.locator("#image-settings:not([open])").count()) {
    await page.locator("#image-settings summary").click();
  }
  await page.locator("#prompt").fill(prompt);
  await page.locator("#steps").fill("4");
  await page.getByRole("button", { name: "Draw" }).click();
  await page.locator("#gallery .small-print").nth(drawn).waitFor({ timeout: 30_000 });
}
