import type { Checkpoint } from "@kindred/core";

/** ControlNets that are known by name for a base model, in the names that Xinference has for them. */
export type PublishedControlNets = readonly Checkpoint[];

const [openrail, openrailPlus] = ["creativeml-openrail-m", "openrail++"];
const include = ["config.json", "diffusion_pytorch_model.safetensors"];

/** Those for Stable Diffusion 1.5, of ControlNet's authors. */
export const controlNets15: PublishedControlNets = [
  ["canny", "7f2f69197050967007f6bbd23ab5e52f0384162a"],
  ["mlsd", "456fc1af4dc8f7d5fa6c949c5040d3828a24e3ad"],
  ["hed", "04473d9334ab44908daa66107bbfb6f710aa056d"],
  ["scribble", "864edcd5ccc6ee2695eeebea5b4512100c83e7b3"],
  ["openpose", "df796456519d1ac5dbe674caa0653fcc9673bca8"],
  ["normal", "1cbed9b3ca84422e4a2f23c14b9f5a114742b31d"],
  ["seg", "ecdcb5645b5099c9a7500a504fb9ab3f743c4d96"],
].map(([name = "", revision = ""]) => ({
  name,
  repo: `lllyasviel/sd-controlnet-${name}`,
  revision,
  include,
  license: openrail,
}));

/** Those for Stable Diffusion XL, of diffusers' authors. */
export const controlNetsXl: PublishedControlNets = [
  ["canny", "eb115a19a10d14909256db740ed109532ab1483c"],
  ["depth", "cb2e660019b26f7d2379e26922b5b2c87253dcf7"],
  ["zoe-depth", "62134b9d8e703b5d6f74f1534457287a8bba77ef"],
].map(([name = "", revision = ""]) => ({
  name,
  repo: `diffusers/controlnet-${name}-sdxl-1.0`,
  revision,
  include,
  license: openrailPlus,
}));
