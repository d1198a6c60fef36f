import { KernelError } from "@kindred/core";
import type { ControlNet } from "../control/control-net.ts";
import type { DiffusionModel } from "../diffusion-model.ts";
import type { ControlPicture, ControlSetting, ImageRequest } from "../task.ts";

/** A ControlNet that takes part, and how. */
export interface ChosenControl extends ControlSetting {
  readonly net: ControlNet;
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
    throw refused("guessMode", "Guess mode needs a control picture. Send both, or leave it out.");
  }
  if (controlNets.length === 0)
    throw new KernelError(
      "UNSUPPORTED",
      "This model was launched without ControlNets, so it follows no picture. Leave the control picture out, or launch it with a ControlNet.",
      { param: "control" },
    );
  if (control.length === 0)
    throw refused("control", "There are no control pictures. Send one or more.");
  for (const each of control) checkShares(each);
  const unnamed = control.some(({ name }) => name === undefined);
  if (unnamed && control.length !== controlNets.length) {
    const pictures =
      control.length === 1 ? "is one control picture" : `are ${control.length} control pictures`;
    const message = `The launch has ${namesOf(controlNets)} for ControlNets, and there ${pictures}. Name the ControlNet of each.`;
    throw refused("controlName", message);
  }
  return control.map(({ name, scale = 1, start = 0, end = 1 }, i) => {
    const net = named(name, controlNets) ?? controlNets[i]!;
    return { net, name: net.name, scale, start, end };
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
    throw refused("controlScale", `A ControlNet's scale must be a number, not ${scale}.`);
  if (!(start >= 0 && start < 1))
    throw refused("controlStart", `A ControlNet's start must be from 0 to below 1, not ${start}.`);
  if (!(end > start && end <= 1))
    throw refused(
      "controlEnd",
      `A ControlNet's end must be above its start, which is ${start}, and at most 1, not ${end}.`,
    );
}

function refused(param: string, message: string): KernelError {
  return new KernelError("INVALID_INPUT", message, { param });
}
