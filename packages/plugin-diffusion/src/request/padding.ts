import { KernelError } from "@kindred/core";
import sharp from "sharp";
import { resize } from "../picture/resize.ts";
import type { ImageRequest, Pixels, Size } from "../task.ts";
import { sizingPicture } from "./drawn-sizes.ts";
import { sizeText } from "./size.ts";

/** The request with its pictures padded. INVALID_INPUT on `paddingMultiple` beside a size of the request's own. */
export async function paddedRequest(request: ImageRequest): Promise<ImageRequest> {
  const { paddingMultiple: multiple, image, mask, control } = request;
  const sizing = sizingPicture(request);
  if (multiple === undefined || !sizing) return request;
  if (request.width !== undefined || request.height !== undefined) {
    const message = `A picture of ${sizeText(sizing)} that is padded keeps its size. Leave the size or the padding out.`;
    throw new KernelError("INVALID_INPUT", message, { param: "paddingMultiple" });
  }
  const controls = control?.map(async (each) => {
    return { ...each, image: await padded(await resize(each.image, sizing), multiple) };
  });
  return {
    ...request,
    image: image && (await padded(image, multiple)),
    mask: mask && (await padded(mask, multiple)),
    control: controls && (await Promise.all(controls)),
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

/** Finishes a picture, and cuts it to a size. */
export function cutting(
  finish: (drawn: Pixels) => Promise<Pixels>,
  size: Size,
): (drawn: Pixels) => Promise<Pixels> {
  return async (drawn) => cut(await finish(drawn), size);
}

async function cut({ rgb, ...whole }: Pixels, { width, height }: Size): Promise<Pixels> {
  const picture = sharp(rgb, { raw: { ...whole, channels: 3 } });
  const data = await picture.extract({ left: 0, top: 0, width, height }).raw().toBuffer();
  return { rgb: data, width, height };
}
