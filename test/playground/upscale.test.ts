import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeNetwork } from "../../packages/plugin-diffusion/test/upscaling/files.ts";
import { kindred, start } from "../started.ts";
import type { Started } from "../started.ts";
import { chromium } from "./chromium.ts";
import { faintTexts } from "./faint-texts.ts";
import { pixelsOf } from "./painting.ts";
import { describePlayground } from "./visits.ts";

let folder: string;
let server: Started;
let painting: Started;
beforeAll(async () => {
  if (!chromium) return;
  folder = await mkdtemp(join(tmpdir(), "kindred-page-upscale-"));
  const network = join(folder, "x4.safetensors");
  await writeNetwork(network);
  const flags = ["serve", "--port", "0", "--model", `up=${network}`];
  server = await start(kindred, flags);
  painting = await start(kindred, [...flags, "--model", "demo-image"]);
}, 60_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await painting?.[Symbol.asyncDispose]();
  if (folder) await rm(folder, { recursive: true });
});

describePlayground((visits) => {
  test("a server that only enlarges opens on a form that sends a picture and shows the larger one", async () => {
    const page = await visits.visit({ tab: "", at: server });
    await page.getByRole("tab", { name: "Images upscale", selected: true }).waitFor();
    const panel = page.locator("main > section:not([hidden])");
    const send = panel.getByRole("button", { name: "Send" });
    const choose = async (width: number) =>
      panel.getByLabel("image", { exact: true }).setInputFiles({
        name: "a small one.png",
        mimeType: "image/png",
        buffer: await sharp({ create: { width, height: 20, channels: 3, background: "teal" } })
          .png()
          .toBuffer(),
      });
    await choose(30);
    const settings = panel.locator(".settings:not([open]) summary");
    if (await settings.count()) await settings.click();
    await panel.getByLabel("scale", { exact: true }).selectOption("2");
    await panel.getByText("The request as curl").click();
    const curl = await panel.getByText(/^curl -N /).innerText();
    expect(curl).toContain("--form-string scale=2");
    expect(curl).toContain("-F 'image=@a small one.png'");
    await send.click();
    const shown = panel.locator(".answer img");
    await shown.waitFor();
    const { width, height } = await shown.evaluate(pixelsOf);
    expect([width, height]).toEqual([60, 40]);
    const reply = JSON.parse((await panel.locator(".answer code").textContent())!);
    expect(reply.size).toBe("60x40");
    expect(reply.data[0].b64_json).toMatch(/^.{40}… \(\d+ characters\)$/);
    const downloading = page.waitForEvent("download");
    await panel.getByRole("link", { name: "Download" }).click();
    expect((await downloading).suggestedFilename()).toBe("images-upscale.png");
    expect(await page.evaluate(faintTexts)).toEqual([]);
    await visits.screenshot(page, "upscale");

    await choose(9_000);
    await send.click();
    await panel.getByText(/param image/).waitFor();
    expect(await panel.getByLabel("image", { exact: true }).getAttribute("aria-invalid")).toBe(
      "true",
    );
    expect(await shown.count()).toBe(0);
  });

  test("a model that enlarges is tried in its own tab", async () => {
    const page = await visits.visit({ tab: "models", at: server });
    await page.getByRole("button", { name: "Try up" }).click();
    await page.getByRole("tab", { name: "Images upscale", selected: true }).waitFor();
  });

  test("a drawn picture is enlarged", async () => {
    const page = await visits.visit({ at: painting });
    await page.getByText(/^demo-image draws /).waitFor();
    const settings = page.locator("#image-settings:not([open]) summary");
    if (await settings.count()) await settings.click();
    await page.locator("#prompt").fill("a red apple");
    await page.locator("#size").fill("64x64");
    await page.locator("#steps").fill("4");
    await page.getByRole("button", { name: "Draw" }).click();
    await page.locator("#gallery .small-print").waitFor();
    await visits.screenshot(page, "upscale-gallery");
    await page.getByRole("button", { name: "Enlarge “a red apple”" }).click();
    await page.getByRole("tab", { name: "Images upscale", selected: true }).waitFor();
    const panel = page.locator("main > section:not([hidden])");
    await page.keyboard.press("Enter");
    const shown = panel.locator(".answer img");
    await shown.waitFor();
    const { width, height } = await shown.evaluate(pixelsOf);
    expect([width, height]).toEqual([256, 256]);
  });
});
