import { execFile } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { faintTexts } from "./faint-texts.ts";
import { drag, pixelsOf } from "./painting.ts";
import { describePlayground } from "./visits.ts";

const execute = promisify(execFile);

describePlayground((visits) => {
  const surface = (page: Page) => page.locator("#mask-canvas");
  const coverage = (page: Page) => page.locator("#mask-coverage");
  const paintButton = (page: Page) => page.getByRole("button", { name: "Paint a mask" });
  const compare = (page: Page) =>
    page.locator("#print").getByRole("slider", { name: "Compare before and after" });

  test("an apple is drawn over within a painted mask, and the rest is kept", async () => {
    const page = await visits.visit();
    await draw(page, "a red apple");
    expect(await page.getByRole("button", { name: "Enlarge “a red apple”" }).count()).toBe(0);
    await page.getByRole("button", { name: "Edit “a red apple”" }).click();
    await page.locator("#mask-words").getByText("No mask is painted.").waitFor();
    await paintButton(page).click();
    const scrolled = () =>
      page.evaluate(() => [scrollY, document.querySelector("dialog[open]")!.scrollTop]);
    const before = await scrolled();
    await drag(page, surface(page), [
      [0.15, 0.2],
      [0.3, 0.12],
      [0.5, 0.2],
      [0.85, 0.2],
    ]);
    expect(await scrolled()).toEqual(before);
    await coverage(page)
      .getByText(/^\d+ % of it is drawn anew/)
      .waitFor();
    await visits.screenshot(page, "edits-mask");
    await page.getByRole("button", { name: "Done" }).click();
    await visits.screenshot(page, "edits-chosen");
    await draw(page, "a blue circle");
    await visits.screenshot(page, "edits-drawn");

    const [after, origin] = await Promise.all(
      [0, 1].map((i) => page.locator("#gallery img").nth(i).evaluate(pixelsOf)),
    );
    const row = 4 * origin!.width;
    const start = row * Math.ceil(origin!.height * 0.3);
    const below = (rgba: string) => Buffer.from(rgba, "base64").subarray(start);
    expect(below(after!.rgba).length).toBeGreaterThan(row * 300);
    expect(below(after!.rgba).equals(below(origin!.rgba))).toBe(true);
    expect(after!.rgba === origin!.rgba).toBe(false);
    expect(await page.locator("#picture-facts").innerText()).toMatch(
      /over a-red-apple-\d+\.png, within a mask/,
    );
  });

  test("a slider compares a picture with the one it was drawn over", async () => {
    const page = await visits.visit({ scheme: "dark" });
    await choose(page, await picture("firebrick"), "red.png");
    await draw(page, "a blue circle");
    await compare(page).waitFor();
    const cut = () =>
      page
        .locator("#print .compare")
        .evaluate((element) => element.style.getPropertyValue("--cut"));
    expect(await compare(page).getAttribute("aria-valuetext")).toBe("50 % before, 50 % after");
    await compare(page).press("ArrowRight");
    expect(await compare(page).getAttribute("aria-valuetext")).toBe("51 % before, 49 % after");
    await compare(page).press("Home");
    expect(await cut()).toBe("0");
    await drag(page, compare(page), [
      [0.1, 0.5],
      [0.5, 0.5],
      [0.75, 0.5],
    ]);
    expect(Number(await cut())).toBeGreaterThan(0.65);
    await visits.screenshot(page, "edits-compare");
    await page.getByRole("button", { name: "Look at “a blue circle”" }).click();
    const viewed = page.locator("#viewer").getByRole("slider");
    await viewed.press("End");
    expect(await viewed.getAttribute("aria-valuetext")).toBe("100 % before, 0 % after");
    await viewed.press("PageDown");
    await visits.screenshot(page, "edits-viewer");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Remove the picture" }).click();
    await draw(page, "a tree");
    expect(await compare(page).count()).toBe(0);
  });

  test("picture and mask come back with the settings, also after a reload", async () => {
    const page = await visits.visit();
    await choose(page, await picture("firebrick"), "red.png");
    await paintButton(page).click();
    await drag(page, surface(page), [
      [0.2, 0.2],
      [0.8, 0.2],
    ]);
    await page.getByRole("button", { name: "Done" }).click();
    const words = await page.locator("#mask-words").innerText();
    expect(words).toMatch(/^9 % of it/);
    await page.locator("#strength").fill("0.7");
    await draw(page, "a blue circle");
    await page.getByText(/^one picture, .* kept in this browser/).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Reuse the settings of “a blue circle”" }).click();
    await page.locator("#origin .picture-name").getByText("red.png").waitFor();
    await page.locator("#mask-words").getByText(words).waitFor();
    expect(await page.locator("#strength").inputValue()).toBe("0.7");
    await draw(page, "a blue circle");
    await page.locator("#gallery .small-print").nth(1).waitFor();
    const facts = await page.locator("#gallery .facts").allInnerTexts();
    expect(facts[0]).toBe(facts[1]);
    const [one, other] = await Promise.all(
      [0, 1].map((i) => page.locator("#gallery img").nth(i).evaluate(pixelsOf)),
    );
    expect(one!.rgba === other!.rgba).toBe(true);
  });

  test("keys alone paint a mask", async () => {
    const page = await visits.visit();
    await choose(page, await picture("firebrick"), "red.png");
    await paintButton(page).focus();
    await page.keyboard.press("Enter");
    const told = page.locator("#brush-words");
    await page.keyboard.press("Space");
    await told.getByText("64, 48 of 128 × 96, painted").waitFor();
    await page.keyboard.press("ArrowRight");
    await told.getByText("66, 48 of 128 × 96, painted").waitFor();
    await page.keyboard.press("Shift+ArrowUp");
    await told.getByText("66, 32 of 128 × 96, not painted").waitFor();
    await page.keyboard.press("]");
    await page.getByText("16 pixels").waitFor();
    await page.keyboard.press("Enter");
    for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowRight");
    await told.getByText("114, 32 of 128 × 96, painted, brush down").waitFor();
    await page.keyboard.press("Enter");
    const words = await coverage(page).innerText();
    await page.keyboard.press("e");
    expect(await page.getByLabel("Erase").isChecked()).toBe(true);
    await page.keyboard.press("Space");
    await told.getByText("114, 32 of 128 × 96, not painted").waitFor();
    await page.keyboard.press("Control+z");
    expect(await coverage(page).innerText()).toBe(words);
    await visits.screenshot(page, "edits-keys");
    await page.keyboard.press("Escape");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("paint-mask");
    await page.locator("#prompt").fill("a blue circle");
    await page.keyboard.press("Control+Enter");
    await page.locator("#gallery .small-print").waitFor();
  });

  test("a mask is undone, done again, inverted, cleared and erased", async () => {
    const page = await visits.visit({ scheme: "dark" });
    await choose(page, await picture("firebrick"), "red.png");
    await paintButton(page).click();
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
    const percent = async () => Number(/^\d+/.exec(await coverage(page).innerText())?.[0]);
    await drag(page, surface(page), [
      [0.2, 0.5],
      [0.8, 0.5],
    ]);
    const painted = await percent();
    expect(painted).toBeGreaterThan(5);
    await press("Invert");
    expect(await percent()).toBe(100 - painted);
    await visits.screenshot(page, "edits-inverted");
    expect(await page.evaluate(faintTexts)).toEqual([]);
    await press("Undo");
    expect(await percent()).toBe(painted);
    await press("Redo");
    expect(await percent()).toBe(100 - painted);
    await press("Clear");
    expect(await coverage(page).innerText()).toMatch(/^No mask is painted/);
    await drag(page, surface(page), [
      [0.2, 0.5],
      [0.8, 0.5],
    ]);
    expect(await percent()).toBe(painted);
    await page.locator(".segments label").getByText("Erase").click();
    await drag(page, surface(page), [
      [0.1, 0.5],
      [0.9, 0.5],
    ]);
    await press("Done");
    await page.locator("#prompt").fill("a blue circle");
    await page.getByRole("button", { name: "Draw" }).click();
    await page.getByText(/^No pixel of the mask is painted/).waitFor();
    expect(await paintButton(page).getAttribute("aria-invalid")).toBe("true");
  });

  test("pictures are pasted and dropped, and what is no picture is told", async () => {
    const page = await visits.visit();
    await page.getByText("To draw over a picture, choose it").waitFor();
    await paste(page, await picture("teal"), "pasted.png", "image/png");
    await page.locator("#origin .picture-name").getByText("pasted.png").waitFor();
    await page.getByText("128 × 96 ·").waitFor();
    await drop(page, "#print", await picture("gold"), "dropped.webp", "image/webp");
    await page.locator("#origin .picture-name").getByText("dropped.webp").waitFor();
    await drop(page, "#image-form", Buffer.from("words"), "notes.txt", "text/plain");
    await page.getByText("notes.txt is text/plain, and no picture.").waitFor();
    await visits.screenshot(page, "edits-no-picture");
    expect(await page.locator("#origin .picture-name").innerText()).toBe("dropped.webp");
    await draw(page, "a blue circle");
    expect(await page.locator("#picture-facts").innerText()).toContain("over dropped.webp");
  });

  test("a picture that EXIF turns has a mask of upright pixels", async () => {
    const page = await visits.visit();
    const turned = await sharp(await picture("firebrick"))
      .withExif({})
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    await choose(page, turned, "turned.jpg", "image/jpeg");
    await page.getByText("96 × 128 ·").waitFor();
    await paintButton(page).click();
    await drag(page, surface(page), [
      [0.1, 0.1],
      [0.9, 0.1],
    ]);
    await page.getByRole("button", { name: "Done" }).click();
    await draw(page, "a blue circle");
    const { width, height } = await page.locator("#gallery img").evaluate(pixelsOf);
    expect([width, height]).toEqual([96, 128]);
  });

  test("a picture that the browser cannot show is sent all the same", async () => {
    const page = await visits.visit();
    await choose(
      page,
      await sharp(await picture("firebrick"))
        .tiff()
        .toBuffer(),
      "scan.tiff",
      "image/tiff",
    );
    await page.locator("#origin-picture").getByText("no preview").waitFor();
    await page.getByText("This browser cannot show it, so no mask can be painted.").waitFor();
    expect(await paintButton(page).count()).toBe(0);
    await visits.screenshot(page, "edits-unshown");
    await draw(page, "a blue circle");
    expect(await page.locator("#picture-facts").innerText()).toContain("over scan.tiff");
    expect(await compare(page).count()).toBe(0);
  });

  test("the request as curl sends the picture and the saved mask", async () => {
    const page = await visits.visit();
    await choose(page, await picture("firebrick"), "in.png");
    await paintButton(page).click();
    await drag(page, surface(page), [
      [0.2, 0.2],
      [0.8, 0.2],
    ]);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save as PNG" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe("mask.png");
    await page.getByRole("button", { name: "Done" }).click();
    await page.locator("#prompt").fill("@a fox's den");
    await openSettings(page);
    await page.locator("#steps").fill("4");
    await page.locator("#mask-blur").fill("2");
    await page.locator("#image-curl summary").click();
    const shown = page.getByText(/^curl -N /);
    await shown.waitFor();
    await visits.screenshot(page, "edits-curl");
    const line = await shown.innerText();
    expect(line).toContain("-F image=@in.png \\\n  -F mask=@mask.png");
    const folder = await mkdtemp(join(tmpdir(), "kindred-curl-"));
    await writeFile(`${folder}/in.png`, await picture("firebrick"));
    await download.saveAs(`${folder}/mask.png`);
    const mask = await sharp(`${folder}/mask.png`).metadata();
    expect([mask.width, mask.height, mask.hasAlpha]).toEqual([128, 96, true]);
    const { stdout } = await execute("sh", ["-c", line], { cwd: folder });
    expect(stdout).toContain("event: image_edit.completed\n");
  });

  test.each(viewports)(
    "nothing lies over the tools of the mask at %i × %i",
    async (width, height) => {
      const page = await visits.visit({ viewport: { width, height } });
      const dialog = page.locator("#mask-dialog");
      for (const [name, file] of [
        ["wide.png", await picture("firebrick")],
        [
          "tall.png",
          await sharp(await picture("teal"))
            .rotate(90)
            .png()
            .toBuffer(),
        ],
      ] as const) {
        await page.locator("#origin-picture input").setInputFiles({
          name,
          mimeType: "image/png",
          buffer: file,
        });
        await page.locator("#origin .picture-name").getByText(name).waitFor();
        await paintButton(page).click();
        expect(await dialog.evaluate(covered)).toEqual([]);
        expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(
          0,
        );
        const { width: across, height: down } = (await surface(page).boundingBox())!;
        expect(across / down).toBeCloseTo(name === "wide.png" ? 4 / 3 : 3 / 4, 1);
        expect(Math.max(across, down)).toBeGreaterThan(150);
        await dialog.evaluate((element) => element.scrollTo(0, 0));
        await visits.screenshot(page, `edits-mask-${width}x${height}-${name.slice(0, 4)}`);
        await page.getByRole("button", { name: "Done" }).click();
      }
    },
  );

  test("the settings of a mask are offered with one alone", async () => {
    const page = await visits.visit();
    await choose(page, await picture("firebrick"), "red.png");
    await openSettings(page);
    const settings = page.locator("#mask-settings");
    expect(await settings.isHidden()).toBe(true);
    await paintButton(page).click();
    await drag(page, surface(page), [
      [0.2, 0.2],
      [0.8, 0.2],
    ]);
    await page.getByRole("button", { name: "Done" }).click();
    await settings.waitFor();
    await page.getByLabel("Soft edge").fill("2");
    await paintButton(page).click();
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    await page.getByRole("button", { name: "Done" }).click();
    expect(await settings.isHidden()).toBe(true);
    await draw(page, "a blue circle");
  });

  test("the slider of the strength has no thumb until it is set", async () => {
    const page = await visits.visit();
    await choose(page, await picture("firebrick"), "red.png");
    const slider = page.getByLabel("Strength, as a slider");
    const strength = page.locator("#strength");
    const pixels = async () => (await slider.screenshot()).toString("base64");
    const unset = await pixels();
    await slider.evaluate((element: HTMLInputElement) => (element.value = "0.3"));
    expect(await pixels()).toBe(unset);
    await strength.fill("0.3");
    const set = await pixels();
    expect(set).not.toBe(unset);
    await strength.fill("0.9");
    expect(await pixels()).not.toBe(set);
    await strength.fill("");
    expect(await pixels()).toBe(unset);
    await drag(page, slider, [
      [0.5, 0.5],
      [0.2, 0.5],
      [0.1, 0.5],
    ]);
    expect(Number(await strength.inputValue())).toBeLessThan(0.25);
  });

  test.each(["light", "dark"] as const)(
    "what draws over a picture is readable in %s, at 360 pixels too",
    async (scheme) => {
      const page = await visits.visit({ scheme, viewport: { width: 360, height: 740 } });
      await choose(
        page,
        await picture("firebrick"),
        "a picture with a rather long name of its own.png",
      );
      await openSettings(page);
      expect(await page.evaluate(faintTexts)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
      await visits.screenshot(page, "edits-narrow");
      await paintButton(page).click();
      await drag(page, surface(page), [
        [0.2, 0.2],
        [0.8, 0.2],
      ]);
      expect(await page.evaluate(faintTexts)).toEqual([]);
      const dialog = page.locator("#mask-dialog");
      expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
      await visits.screenshot(page, "edits-narrow-mask");
    },
  );
});

/** Viewports down to the smallest, and low ones: a phone held sideways, and a page at 200 %. */
const viewports = [
  [320, 320],
  [320, 568],
  [360, 740],
  [568, 320],
  [640, 400],
  [740, 360],
  [844, 390],
  [1280, 800],
] as const;

/** Runs in the page. The controls of an element that something else lies over where a finger would hit them. */
function covered(element: Element): readonly string[] {
  const controls = [...element.querySelectorAll("button, input, canvas")];
  return controls.flatMap((control) => {
    control.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = control.getBoundingClientRect();
    const hit = document.elementFromPoint(left + width / 2, top + height / 2);
    return hit === control ? [] : [`${control.id || control.textContent} under ${hit?.id}`];
  });
}

/** A PNG of 128 × 96 pixels in one colour. */
function picture(background: string): Promise<Buffer> {
  return sharp({ create: { width: 128, height: 96, channels: 3, background } })
    .png()
    .toBuffer();
}

async function choose(
  page: Page,
  buffer: Buffer,
  name: string,
  mimeType = "image/png",
): Promise<void> {
  await page.getByText("To draw over a picture, choose it").waitFor();
  await page.locator("#origin-picture input").setInputFiles({ name, mimeType, buffer });
  await page.locator("#origin .picture-name").getByText(name).waitFor();
}

async function paste(page: Page, file: Buffer, name: string, type: string): Promise<void> {
  await page.evaluate(
    ([bytes, ...words]) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array(bytes)], words[0]!, { type: words[1]! }));
      const paste = { clipboardData, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new ClipboardEvent("paste", paste));
    },
    [[...file], name, type] as const,
  );
}

async function drop(
  page: Page,
  onto: string,
  file: Buffer,
  name: string,
  type: string,
): Promise<void> {
  await page.locator(onto).evaluate(
    (element, [bytes, ...words]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([new Uint8Array(bytes)], words[0]!, { type: words[1]! }));
      for (const kind of ["dragover", "drop"]) {
        const event = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
        if (element.dispatchEvent(event)) throw new Error(`${kind} was left to the browser.`);
      }
    },
    [[...file], name, type] as const,
  );
}

async function openSettings(page: Page): Promise<void> {
  const closed = page.locator("#image-settings:not([open])");
  if (await closed.count()) await page.locator("#image-settings summary").click();
}

async function draw(page: Page, prompt: string): Promise<void> {
  const drawn = await page.locator("#gallery .small-print").count();
  await openSettings(page);
  await page.locator("#prompt").fill(prompt);
  await page.locator("#steps").fill("4");
  await page.getByRole("button", { name: "Draw" }).click();
  await page.locator("#gallery .small-print").nth(drawn).waitFor({ timeout: 30_000 });
}
