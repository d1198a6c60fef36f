import type { ModelListing } from "@kindred/core";
import { stableDiffusion } from "../family.ts";

/** Stable Diffusion 2.1 distilled to one step or a few, without guidance (arXiv 2311.17042). */
export const sdTurbo: ReturnType<typeof stableDiffusion> = stableDiffusion({
  name: "sd-turbo",
  match: (model) => isTurbo(model) && "own",
  steps: 1,
  guidance: 0,
  checkpoints: [
    {
      name: "sd-turbo",
      repo: "stabilityai/sd-turbo",
      revision: "1681ed09e0cf",
      license: "Stability AI Non-Commercial Research Community License",
    },
  ],
});

/** Its single step is the schedule's last, so its spacing is "trailing". The models it came from are spaced "leading". */
function isTurbo(model: ModelListing): boolean {
  const schedule = model.json("scheduler/scheduler_config.json");
  return (
    schedule?._class_name === "EulerDiscreteScheduler" && schedule.timestep_spacing === "trailing"
  );
}
