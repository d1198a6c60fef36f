import { KernelError } from "@kindred/core";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ImageRequest } from "../task.ts";

/**
 * The request without `follow`: as `control` for a model with ControlNets, or as `image`. INVALID_INPUT on `strength` beside facts of
 * a ControlNet.
 */
export function withoutFollow(
  request: ImageRequest,
  { controlNets = [], denoiser }: Pick<DiffusionModel, "controlNets" | "denoiser">,
): ImageRequest {
  const { follow, ...others } = request;
  const [first] = follow ?? [];
  if (!follow || !first) return others;
  const { image, ...facts } = first;
  const told = [...Object.values(facts), others.guessMode].some((fact) => fact !== undefined);
  if (others.strength !== undefined && told) {
    const message =
      "With a strength the picture is drawn over, so that no ControlNet follows it. Send a control picture too, or leave out the strength or what is said of ControlNets.";
    throw new KernelError("INVALID_INPUT", message, { param: "strength" });
  }
  const isFollowed =
    others.strength === undefined && !denoiser.inpaints && (told || controlNets.length > 0);
  if (!isFollowed) return { ...others, image };
  const forAll = follow.length === 1 && facts.name === undefined;
  const control = forAll ? controlNets.map(({ name }) => ({ ...first, name })) : follow;
  return { ...others, control };
}
