import type { Pixels, Size } from "../task.ts";
import { lanczos, resample } from "./resample.ts";

/** Resizes a picture as diffusers does: by Lanczos. Gives the same object when the size is the same. */
export function resize(pixels: Pixels, size: Size): Promise<Pixels> {
  return resample(pixels, size, lanczos);
}
