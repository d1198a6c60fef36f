import type { Reply } from "@kindred/core";
import { sizeOf, sizeText } from "../request/size.ts";
import type { Pictures } from "../task.ts";
import { wireNames } from "./fields.ts";
import type { ImageFields } from "./fields.ts";
import type { OverFields } from "./over-fields.ts";

const withoutEffect = [
  "quality",
  "style",
  "background",
  "moderation",
  "user",
  "complexity",
  "input_fidelity",
] as const;
const ofGuidance = [
  "negative_prompt",
  "negative_prompt_2",
  "negative_prompt_3",
  "negative_original_size",
  "negative_crops_coords_top_left",
  "negative_target_size",
  "guidance_rescale",
] as const;

/**
 * Warns in the reply of a picture drawn at another size than asked for or decoded in tiles, of prompts that were cut, and of fields that had no
 * effect.
 */
export function addWarnings(output: Pictures, { body, warn }: Reply<OverFields>): void {
  const { settings, drawn, cut = [], guided = settings.guidance > 1 } = output;
  for (const { field, tokens, kept } of cut) {
    warn(`${wireNames[field] ?? field} has ${tokens} tokens and was cut to the first ${kept}.`);
  }
  if (drawn && settings.hires) {
    warn(`Drawn at ${sizeText(drawn)} in the second pass, and resized to ${sizeText(settings)}.`);
  } else if (drawn && sizeOf(body.size)) {
    warn(
      `Drawn at ${sizeText(drawn)}, near the size of the model's training, and resized to ${sizeText(settings)}.`,
    );
  }
  if (
    drawn &&
    !settings.hires &&
    (settings.strength !== undefined || settings.controls) &&
    !sizeOf(body.size) &&
    body.padding_image_to_multiple == null
  ) {
    warn(
      `Drawn at ${sizeText(drawn)}, which the model can draw, and resized to ${sizeText(settings)}.`,
    );
  }
  if (output.tiled) {
    warn(
      "Decoded in tiles, which takes less memory and more time. Pixels may differ slightly from the same picture decoded as a whole.",
    );
  }
  for (const name of output.idleControls ?? []) {
    warn(
      `ControlNet "${name}" took part in no step: none of them lies within its control_guidance_start and control_guidance_end.`,
    );
  }
  warnOfFields({ body, warn });
  if ((body.deepcache_interval ?? 1) > 1 && settings.deepcacheInterval === undefined)
    warn("deepcache_interval has no effect on a single step.");
  if (body.partial_images && !body.stream) warn("partial_images has no effect without stream.");
  if (guided) return;
  const where = settings.guidance > 1 ? "on this model" : `at guidance_scale ${settings.guidance}`;
  for (const field of ofGuidance) {
    if (body[field]) warn(`${field} has no effect ${where}.`);
  }
}

/** Warns of the fields that have no effect on any image endpoint, or none on the file or stream that was asked for. */
export function warnOfFields({ body, warn }: Pick<Reply<ImageFields>, "body" | "warn">): void {
  for (const field of withoutEffect) {
    const asked = body[field];
    if (asked != null && asked !== "auto") warn(`${field} has no effect.`);
  }
  if (body.output_compression != null && (body.output_format ?? "png") === "png") {
    warn("output_compression has no effect on PNG, which loses nothing.");
  }
  if (body.response_format === "url" && body.stream) {
    warn("response_format has no effect on a stream: its events have b64_json.");
  }
}
