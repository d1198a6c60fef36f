import type { Locator, Page } from "playwright-core";

/** A place on an element, from 0 to 1 in each direction. */
export type Place = readonly [x: number, y: number];

/** Drags over an element: by a finger where the page is on a phone, else by a mouse. */
export async function drag(
  page: Page,
  element: Locator,
  [from, ...rest]: readonly Place[],
): Promise<void> {
  const box = (await element.boundingBox())!;
  const at = ([x, y]: Place) => ({ x: box.x + x * box.width, y: box.y + y * box.height });
  if (await page.evaluate(() => navigator.maxTouchPoints > 0)) {
    const client = await page.context().newCDPSession(page);
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", place?: Place) =>
      client.send("Input.dispatchTouchEvent", { type, touchPoints: place ? [at(place)] : [] });
    await touch("touchStart", from);
    for (const place of rest) await touch("touchMove", place);
    await touch("touchEnd");
    return;
  }
  await page.mouse.move(at(from!).x, at(from!).y);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(at(place).x, at(place).y);
  await page.mouse.up();
}

/** Runs in the page. The pixels of an image, as red, green, blue and alpha of each, in base64. */
export function pixelsOf(image: HTMLImageElement): {
  readonly width: number;
  readonly height: number;
  readonly rgba: string;
} {
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d")!;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const rgba = btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
  return { width, height, rgba };
}
