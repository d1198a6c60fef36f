import type { Page } from "playwright-core";
import sharp from "sharp";
import { expect, test } from "vitest";
import { faintTexts } from "./faint-texts.ts";
import { drag } from "./painting.ts";
import { toldModels } from "./told-models.ts";
import { describePlayground } from "./visits.ts";

describePlayground((visits) => {
  const told = (facts: Readonly<Record<string, unknown>>) => toldModels(visits.server.url, facts);
  const choose = async (page: Page, field: string) =>
    page.locator(`${field} input[type=file]`).setInputFiles({
      name: "in.png",
      mimeType: "image/png",
      buffer: await sharp({ create: { width: 64, height: 64, channels: 3, background: "gold" } })
        .png()
        .toBuffer(),
    });
  const draw = async (page: Page) => {
    await page.locator("#prompt").fill("a fox");
    await page.getByRole("button", { name: "Draw" }).click();
  };
  const done = (page: Page) => page.locator("#gallery .small-print").first().waitFor();

  test("a model that draws from text alone takes no picture", async () => {
    await using server = await told({ model_ability: ["text2image"] });
    const page = await visits.visit({ at: server });
    await page.getByText(/^demo-image draws /).waitFor();
    expect(await page.locator("#origin").isHidden()).toBe(true);
    expect(await page.locator("#control").isHidden()).toBe(true);
    expect(await page.locator("#upscale-field").isHidden()).toBe(true);
    expect(await page.locator("#hires-field").isHidden()).toBe(true);
    await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File(["x"], "in.png", { type: "image/png" }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    });
    await page.getByText("demo-image does not draw over pictures.").waitFor();
    await draw(page);
    await done(page);
    expect(server.asked).toEqual([
      {
        path: "/v1/images/generations",
        fields: { prompt: "a fox", model: "demo-image", stream: true, partial_images: 3 },
      },
    ]);
    expect(await page.getByRole("button", { name: "Edit “a fox”" }).count()).toBe(0);
  });

  test("a model that only inpaints says what it needs before it is asked", async () => {
    await using server = await told({ model_ability: ["inpainting"] });
    const page = await visits.visit({ at: server });
    await page.getByText("This model draws only within a mask.").waitFor();
    await draw(page);
    await page
      .getByText("demo-image draws only within the mask of a picture. Choose a picture first.")
      .waitFor();
    await visits.screenshot(page, "abilities-no-picture");
    await choose(page, "#origin");
    await page.getByText("in.png").waitFor();
    await draw(page);
    await page
      .getByText("demo-image draws only within the mask of a picture. Paint a mask.")
      .waitFor();
    expect(server.asked).toEqual([]);
    await page.getByRole("button", { name: "Paint a mask" }).click();
    await drag(page, page.locator("#mask-canvas"), [
      [0.25, 0.25],
      [0.25, 0.75],
    ]);
    await page.getByRole("button", { name: "Done" }).click();
    await draw(page);
    await done(page);
    const [{ path, fields }] = server.asked as [{ path: string; fields: Record<string, any> }];
    expect(path).toBe("/v1/images/edits");
    const { data, info } = await sharp(fields["mask"].bytes)
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([64, 64, 4]);
    const alpha = (x: number, y: number) => data[4 * (y * 64 + x) + 3];
    expect([alpha(16, 32), alpha(16, 60), alpha(48, 32)]).toEqual([0, 255, 255]);
  });

  test("a control image and its settings are offered with ControlNets, and sent as a form", async () => {
    await using server = await told({ controlnet: ["canny", "depth"], upscales: [2] });
    const page = await visits.visit({ at: server, scheme: "dark" });
    await page.getByText("Choose a control image").waitFor();
    await choose(page, "#control");
    await page.locator("#control .picture-name").getByText("in.png").waitFor();
    await page.locator("#controlnet").selectOption("depth");
    await page.getByLabel("Weight").fill("0.8");
    await page.getByLabel("Use the edges of this picture").check();
    const closed = page.locator("#image-settings:not([open])");
    if (await closed.count()) await page.locator("#image-settings summary").click();
    await page.getByLabel("Enlarge").selectOption("2 times");
    expect(await page.evaluate(faintTexts)).toEqual([]);
    await visits.screenshot(page, "abilities-control");
    await draw(page);
    await done(page);
    await choose(page, "#origin");
    await page.locator("#origin .picture-name").getByText("in.png").waitFor();
    await page.locator("#strength").fill("0.6");
    await page.locator("#origin-picture").getByText("Drawn over image", { exact: true }).waitFor();
    await page
      .locator("#control-picture")
      .getByText("Followed control_image", { exact: true })
      .waitFor();
    expect(await page.evaluate(faintTexts)).toEqual([]);
    await visits.screenshot(page, "abilities-both");
    await draw(page);
    await page.locator("#gallery .small-print").nth(1).waitFor();
    const upload = { name: "in.png", bytes: expect.any(Buffer) };
    const fields = {
      prompt: "a fox",
      model: "demo-image",
      controlnet: "depth",
      controlnet_conditioning_scale: "0.8",
      control_preprocess: "canny",
      upscale: "2",
      stream: "true",
      partial_images: "3",
      control_image: upload,
    };
    expect(server.asked).toEqual([
      { path: "/v1/images/generations", fields },
      { path: "/v1/images/edits", fields: { ...fields, strength: "0.6", image: upload } },
    ]);
    await page.getByRole("button", { name: "Remove the control image" }).click();
    await page.getByRole("button", { name: "Remove the picture" }).click();
    await draw(page);
    await page.locator("#gallery .small-print").nth(2).waitFor();
    expect(server.asked[2]).toEqual({
      path: "/v1/images/generations",
      fields: { prompt: "a fox", model: "demo-image", upscale: 2, stream: true, partial_images: 3 },
    });
    await page.getByRole("button", { name: "Reuse" }).nth(2).click();
    await page.locator("#control .picture-name").getByText("in.png").waitFor();
    expect(await page.locator("#controlnet").inputValue()).toBe("depth");
    expect(await page.getByLabel("Use the edges of this picture").isChecked()).toBe(true);
    expect(await page.locator("#origin .picture-chosen").isHidden()).toBe(true);
  });

  test("a second pass is offered by models that draw over pictures, and sent with its scale", async () => {
    await using server = await told({ model_ability: ["text2image", "image2image"] });
    const page = await visits.visit({ at: server });
    const closed = page.locator("#image-settings:not([open])");
    await page.getByText("To draw over a picture").waitFor();
    if (await closed.count()) await page.locator("#image-settings summary").click();
    await page.getByLabel("Second pass").selectOption("2 times");
    await visits.screenshot(page, "abilities-hires");
    await draw(page);
    await done(page);
    await choose(page, "#origin");
    await page.locator("#origin .picture-name").getByText("in.png").waitFor();
    await page.locator("#image-curl summary").click();
    await page.getByText(`--form-string 'hires={"scale":2}'`).waitFor();
    await draw(page);
    await page.locator("#gallery .small-print").nth(1).waitFor();
    expect(server.asked.map(({ fields }) => fields["hires"])).toEqual([
      { scale: 2 },
      '{"scale":2}',
    ]);
    await page.locator("#gallery").getByText("second pass at 2 times").first().waitFor();
    await page.getByLabel("Second pass").selectOption("None");
    await page.getByRole("button", { name: "Reuse" }).first().click();
    expect(await page.getByLabel("Second pass").inputValue()).toBe('{"scale":2}');
  });
});
