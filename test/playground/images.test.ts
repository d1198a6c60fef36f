import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, test, vi } from "vitest";
import { describePlayground } from "./visits.ts";

const execute = promisify(execFile);

describePlayground((visits) => {
  const state = (page: Page, name: string) =>
    page.locator(`#print[data-state=${name}]`).waitFor({ timeout: 30_000 });
  const settings = async (page: Page, fields: Readonly<Record<string, string>>) => {
    if (await page.locator("#image-settings:not([open])").count()) {
      await page.locator("#image-settings summary").click();
    }
    for (const [label, value] of Object.entries(fields)) {
      await page
        .locator("form")
        .getByLabel(new RegExp(`^${label} `))
        .fill(value);
    }
  };
  const drawButton = (page: Page) => page.getByRole("button", { name: "Draw" });

  test("a prompt becomes a picture, and steps and previews are shown meanwhile", async () => {
    const page = await visits.visit();
    await page.getByText(/^demo-image draws /).waitFor();
    await visits.screenshot(page, "images-empty");
    await page.evaluate(watchStage);
    await page.getByRole("button", { name: "a beautiful sunset over a calm ocean" }).click();
    await drawButton(page).click();
    await state(page, "done");
    await visits.screenshot(page, "images-done");

    const { steps, pictures } = await page.evaluate(() => (globalThis as any).seen);
    expect(steps.filter((step: string) => /^step \d+ of \d+$/.test(step)).length).toBeGreaterThan(
      2,
    );
    expect(pictures.length).toBeGreaterThan(1);
    const { size } = await (await fetch(`${visits.server.url}/v1/models/demo-image`)).json();
    const drawn = page.getByAltText("a beautiful sunset over a calm ocean");
    const { width, height } = await drawn.evaluate((image: HTMLImageElement) => ({
      width: image.naturalWidth,
      height: image.naturalHeight,
    }));
    expect(`${width}x${height}`).toBe(size);
    expect(await page.locator("#picture-facts").innerText()).toMatch(/seed \d+/);
  });

  test("a drawing can be cancelled, and the server aborts it", async () => {
    const page = await visits.visit();
    await page.getByLabel("What should it show?").fill("a house under a blue sky");
    await settings(page, { Steps: "300" });
    const before = visits.server.output.length;
    await drawButton(page).click();
    await page.getByText(/^step \d+ of 300$/).waitFor();
    await page.getByAltText("A preview of: a house under a blue sky").waitFor({ timeout: 30_000 });
    await visits.screenshot(page, "images-drawing");
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByText("Cancelled").waitFor();
    await visits.screenshot(page, "images-cancelled");
    expect(await page.locator("#gallery .small-print").count()).toBe(0);
    await vi.waitUntil(
      () => /generations status=499/.test(visits.server.output.slice(before)),
      30_000,
    );

    await settings(page, { Steps: "4" });
    await drawButton(page).click();
    await state(page, "done");
  });

  test("a waiting request shows its place in the queue", async () => {
    const page = await visits.visit();
    const { url } = visits.server;
    const body = { prompt: "an apple", num_inference_steps: 900, request_id: "before" };
    const headers = { "content-type": "application/json" };
    const asked = fetch(`${url}/v1/images/generations`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });
    await vi.waitUntil(async () => (await fetch(`${url}/v1/requests/before/progress`)).ok, 30_000);
    await page.getByLabel("What should it show?").fill("an apple");
    await settings(page, { Steps: "4" });
    await drawButton(page).click();
    await page.getByText("place 1 in the queue").waitFor();
    await visits.screenshot(page, "images-waiting");
    await fetch(`${url}/v1/models/demo-image/requests/before/abort`, { method: "POST" });
    expect((await asked).status).toBe(499);
    await state(page, "done");
  });

  test("a picture of this visit is drawn again from its settings, and downloaded", async () => {
    const page = await visits.visit({ scheme: "dark" });
    await page.getByLabel("What should it show?").fill("an apple");
    await settings(page, { Steps: "6", Guidance: "5", "Keep away from": "blue" });
    await page.getByLabel("Sampler").selectOption("Euler a");
    await drawButton(page).click();
    await state(page, "done");
    await page.getByLabel("What should it show?").fill("snowy mountains over a lake");
    await settings(page, { Steps: "20", Guidance: "", "Keep away from": "" });
    await drawButton(page).click();
    await page.locator("#gallery .small-print").nth(1).waitFor();

    const first = page.locator("#gallery .small-print").last();
    const facts = await first.locator(".facts").innerText();
    const [, seed] = /6 steps\nguidance 5\nEuler a\nseed (\d+)\naway from “blue”/.exec(facts)!;
    await first.getByRole("button", { name: "Reuse" }).click();
    expect(await page.getByLabel("What should it show?").inputValue()).toBe("an apple");
    expect(await page.getByLabel("Seed").inputValue()).toBe(seed);
    expect(await page.getByLabel("Sampler").inputValue()).toBe("Euler a");
    await drawButton(page).click();
    await page.locator("#gallery .small-print").nth(2).waitFor();
    await visits.screenshot(page, "images-gallery");
    const files = await page.locator("#gallery img").evaluateAll((images) =>
      Promise.all(
        images.map(async (image) => {
          const canvas = document.createElement("canvas");
          canvas.getContext("2d")!.drawImage(image as HTMLImageElement, 0, 0);
          return canvas.toDataURL();
        }),
      ),
    );
    expect(files[0]).toBe(files[2]);
    expect(files[0]).not.toBe(files[1]);

    const downloading = page.waitForEvent("download");
    await first.getByRole("link", { name: "Download" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(`an-apple-${seed}.png`);
    const file = await readFile(await download.path());
    expect(file.subarray(1, 4).toString()).toBe("PNG");
    expect(file.toString("latin1")).toContain(`Seed: ${seed}`);
  });

  test("a refusal of the API is shown in its words, at the field at fault", async () => {
    const page = await visits.visit();
    await page.getByLabel("What should it show?").fill("an apple");
    await settings(page, { Size: "129x12", Steps: "4" });
    await drawButton(page).click();
    await page.getByText("width and height must be divisible by 8").waitFor();
    const size = page.getByLabel("Size");
    expect(await size.getAttribute("aria-invalid")).toBe("true");
    expect(await size.evaluate((field) => field === document.activeElement)).toBe(true);
    await visits.screenshot(page, "images-refused");
    await size.fill("");
    await drawButton(page).click();
    await state(page, "done");
    expect(await page.locator("#image-problem").isHidden()).toBe(true);
    expect(await size.getAttribute("aria-invalid")).toBe(null);
  });

  test("the reply's warnings are shown beside the picture", async () => {
    const page = await visits.visit();
    await page.getByLabel("What should it show?").fill("an apple");
    await settings(page, { Steps: "4", Guidance: "1", "Keep away from": "blue" });
    await drawButton(page).click();
    await page.getByText("negative_prompt has no effect at guidance_scale 1.").waitFor();
    await visits.screenshot(page, "images-warned");
  });

  test("the request as curl draws in a terminal, too", async () => {
    const page = await visits.visit();
    await page.getByLabel("What should it show?").fill("a fox's den");
    await settings(page, { Steps: "4", Seed: "7" });
    await page.locator("#image-curl summary").click();
    const shown = page.getByText(/^curl -N /);
    await shown.waitFor();
    await visits.screenshot(page, "images-curl");
    const { stdout } = await execute("sh", ["-c", await shown.innerText()]);
    const [completed] = /(?<=^event: image_generation.completed\ndata: ).*/m.exec(stdout)!;
    expect(JSON.parse(completed!).seed).toBe(7);
  });
});

/** Runs in the page. Records every step and picture that it shows. */
function watchStage(): void {
  const seen = { steps: [] as string[], pictures: [] as string[] };
  const step = document.getElementById("drawing-step")!;
  const picture = document.getElementById("picture") as HTMLImageElement;
  const look = (): void => {
    if (seen.steps.at(-1) !== step.textContent) seen.steps.push(step.textContent!);
    if (picture.src && seen.pictures.at(-1) !== picture.src) seen.pictures.push(picture.src);
  };
  new MutationObserver(look).observe(document.getElementById("print")!, {
    subtree: true,
    childList: true,
    attributes: true,
  });
  Object.assign(globalThis, { seen });
}
