import type { LaunchListing } from "@kindred/core";
import { readUNetFacts } from "../graphs/unet-facts.ts";
import type { Size } from "../task.ts";
import { requiredJson } from "./required-json.ts";

/** The size of the UNet's training, in pixels. Before diffusers 0.9 its config said 32 and meant 64. */
export function unetSize(model: LaunchListing, factor: number): Size {
  const json = requiredJson(model, "unet/config.json");
  const { sample_size, _diffusers_version: version } = readUNetFacts(json);
  const trained = sample_size ?? 64;
  const outdated = Number(trained) < 64 && /^0\.[0-8]\./.test(version ?? "");
  const size = outdated ? 64 : trained;
  const [height, width] = typeof size === "number" ? [size, size] : size;
  return { width: width * factor, height: height * factor };
}
