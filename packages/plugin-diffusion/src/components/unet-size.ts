import type { LaunchListing } from "@kindred/core";
import type { Size } from "../task.ts";
import { requiredJson } from "./required-json.ts";

/** The size of the UNet's training, in pixels. Before diffusers 0.9 its config said 32 and meant 64. */
export function unetSize(model: LaunchListing, factor: number): Size {
  const { sample_size = 64, _diffusers_version: version } = requiredJson(model, "unet/config.json");
  const outdated = sample_size < 64 && /^0\.[0-8]\./.test(version);
  const size = outdated ? 64 : sample_size;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return { width: width * factor, height: height * factor };
}
