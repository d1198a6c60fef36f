import type { DecodedPicture } from "../picture/decode.ts";
import { maskOfAlpha } from "../picture/mask.ts";

/** Warnings for the pictures of a field that takes no opacity: one where any has transparent pixels, else none. */
export async function warningsOfAlpha(
  pictures: readonly DecodedPicture[],
  field: string,
): Promise<readonly string[]> {
  const masks = await Promise.all(pictures.map(maskOfAlpha));
  return masks.some(Boolean)
    ? [`${field} has transparent pixels: its colours alone were read.`]
    : [];
}
