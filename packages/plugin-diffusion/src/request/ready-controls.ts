import { KernelError } from "@kindred/core";
import type { ControlNet } from "../control/control-net.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import { resize } from "../picture/resize.ts";
import type { ControlPicture, ControlSetting, ImageRequest, Pixels, Size } from "../task.ts";

/** A ControlNet that takes part, and how. */
export interface ChosenControl extends ControlSetting {
  readonly net: ControlNet;
  readonly image: Pixels;
}

/** The same with the picture that it follows in the size that is drawn. */
export interface ReadyControl extends Omit<ChosenControl, "image"> {
  readonly picture: Pixels;
}

/** How the ControlNets of a request take part. */
export interface ReadyControls {
  readonly each: readonly ReadyControl[];
  readonly guess: boolean;
}

/**
 * The request without `follow`: as `control` for a model with ControlNets, or as `image`. INVALID_INPUT on `strength` beside facts of
 * a ControlNet.
 */
export function withoutFollow(
  request: ImageRequest,
  { controlNets = [] }: Pick<DiffusionModel, "controlNets">,
): ImageRequest {
  const { follow, ...others } = request;
  const [first] = follow ?? [];
  if (!follow || !first) return others;
  const { image, ...facts } = first;
  const told = [...Object.values(facts), others.guessMode].some((fact) => fact !== undefined);
  if (others.strength !== undefined && told) {
    const message =
      "With a strength the picture is drawn over, so that no ControlNet follows it. Send control too, or leave the strength or what is said of ControlNets out.";
    throw refused("strength", message);
  }
  const isFollowed = others.strength === undefined && (told || controlNets.length > 0);
  if (!isFollowed) return { ...others, image };
  const forAll = follow.length === 1 && facts.name === undefined;
  const control = forAll ? controlNets.map(({ name }) => ({ ...first, name })) : follow;
  return { ...others, control };
}

/**
 * Chooses the ControlNets of a request's pictures. UNSUPPORTED on `control` where the model has none; INVALID_INPUT on
 * `control`, `controlName`, `controlScale`, `controlStart` or `controlEnd` where they do not fit each other or the model.
 */
export function chooseControls(
  { control, guessMode }: ImageRequest,
  { controlNets = [] }: Pick<DiffusionModel, "controlNets">,
): readonly ChosenControl[] {
  if (!control) {
    if (guessMode === undefined) return [];
    throw refused("guessMode", "guessMode needs control. Send both, or leave it out.");
  }
  if (controlNets.length === 0)
    throw new KernelError(
      "UNSUPPORTED",
      "This model was launched without ControlNets, so it follows no picture. Leave control out, or launch it with a ControlNet.",
      { param: "control" },
    );
  if (control.length === 0) throw refused("control", "control has no pictures. Send one or more.");
  for (const each of control) checkShares(each);
  const unnamed = control.some(({ name }) => name === undefined);
  if (unnamed && controlNets.length > 1 && control.length !== controlNets.length) {
    const pictures = control.length === 1 ? "one picture" : `${control.length} pictures`;
    const message = `The launch has ${controlNets.length} ControlNets (${namesOf(controlNets)}), and control has ${pictures}. Name the ControlNet of each.`;
    throw refused("controlName", message);
  }
  return control.map(({ name, image, scale = 1, start = 0, end = 1 }, i) => {
    const net = named(name, controlNets) ?? controlNets[i] ?? controlNets[0]!;
    return { net, name: net.name, image, scale, start, end };
  });
}

function named(
  name: string | undefined,
  controlNets: readonly ControlNet[],
): ControlNet | undefined {
  if (name === undefined) return undefined;
  const found = controlNets.find((each) => each.name === name);
  if (found) return found;
  const message = `There is no ControlNet "${name}". The launch has ${namesOf(controlNets)}.`;
  throw refused("controlName", message);
}

function namesOf(controlNets: readonly ControlNet[]): string {
  return controlNets.map(({ name }) => `"${name}"`).join(", ");
}

function checkShares({ scale = 1, start = 0, end = 1 }: ControlPicture): void {
  if (!Number.isFinite(scale))
    throw refused("controlScale", `controlScale must be a number, not ${scale}.`);
  if (!(start >= 0 && start < 1))
    throw refused("controlStart", `controlStart must be from 0 to below 1, not ${start}.`);
  if (!(end > start && end <= 1))
    throw refused(
      "controlEnd",
      `controlEnd must be above controlStart, which is ${start}, and at most 1, not ${end}.`,
    );
}

/** Brings the pictures to the size that is drawn, off the event loop. undefined where there are none. */
export async function readyControls(
  chosen: readonly ChosenControl[],
  guessMode: boolean | undefined,
  drawn: Size,
): Promise<ReadyControls | undefined> {
  const [first] = chosen;
  if (!first) return undefined;
  const each = chosen.map(async ({ image, ...control }) => {
    return { ...control, picture: await resize(image, drawn) };
  });
  // diffusers decides it by the first of several.
  const guess = (guessMode ?? false) || first.net.poolsResiduals;
  return { each: await Promise.all(each), guess };
}

function refused(param: string, message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
