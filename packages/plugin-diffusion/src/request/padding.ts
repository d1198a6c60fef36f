import { KernelError } from "@kindred/core";
import sharp from "sharp";
import type { ImageRequest, Pixels, Size } from "../task.ts";
import type { ReadyOrigin } from "./ready-origin.ts";
import { sizeText } from "./size.ts";

/** The request with its picture and mask padded. INVALID_INPUT on `paddingMultiple` beside a size of the request's own. */
export async function paddedRequest(request: ImageRequest): Promise<ImageRequest> {
  const { paddingMultiple: multiple, image, mask } = request;
  if (multiple === undefined || !image) return request;
  if (request.width !== undefined || request.height !== undefined) {
    const message = `A picture of ${sizeText(image)} that is padded keeps its size. Leave the size or the padding out.`;
    throw new KernelError("INVALID_INPUT", message, { param: "paddingMultiple" });
  }
  return {
    ...request,
    image: await padded(image, multiple),
    mask: mask && (await padded(mask, multiple)),
  };
}

/** Pads a picture with black, to the right and below, until `multiple` divides its sides. */
async function padded({ rgb, width, height }: Pixels, multiple: number): Promise<Pixels> {
  const missing = (side: number) => (multiple - (side % multiple)) % multiple;
  const [right, bottom] = [missing(width), missing(height)];
  const picture = sharp(rgb, { raw: { width, height, channels: 3 } });
  const data = await picture.extend({ right, bottom, background: "black" }).raw().toBuffer();
  return { rgb: data, width: width + right, height: height + bottom };
}

/** The same origin, whose pictures are cut to a size in the end. */
export function cutTo(origin: ReadyOrigin, size: Size): ReadyOrigin {
  return { ...origin, finish: async (drawn) => cut(await origin.finish(drawn), size) };
}

async function cut({ rgb, ...whole }: Pixels, { width, height }: Size): Promise<Pixels> {
  const picture = sharp(rgb, { raw: { ...whole, channels: 3 } });
  const data = await picture.extract({ left: 0, top: 0, width, height }).raw().toBuffer();
  return { rgb: data, width, height };
}
