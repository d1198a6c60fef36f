import type { Reply } from "@kindred/core";
import { sizeOf, sizeText } from "../request/size.ts";
import type { Pictures } from "../task.ts";
import type { ImageFields } from "./fields.ts";

const withoutEffect = ["quality", "style", "background", "moderation", "user"] as const;

/** Warns in the reply of a picture drawn at another size than asked for, and of fields that had no effect. */
export function addWarnings(output: Pictures, { body, warn }: Reply<ImageFields>): void {
  const { settings, drawn } = output;
  if (drawn && sizeOf(body.size)) {
    warn(
      `Drawn at ${sizeText(drawn)}, near the size of the model's training, and resized to ${sizeText(settings)}.`,
    );
  }
  for (const field of withoutEffect) {
    const asked = body[field];
    if (asked != null && asked !== "auto") warn(`${field} has no effect.`);
  }
  if (body.output_compression != null && (body.output_format ?? "png") === "png") {
    warn("output_compression has no effect on PNG, which loses nothing.");
  }
  if (body.partial_images && !body.stream) warn("partial_images has no effect without stream.");
  if (body.response_format === "url" && body.stream) {
    warn("response_format has no effect on a stream: its events have b64_json.");
  }
  if (settings.guidance > 1) return;
  for (const field of ["negative_prompt", "guidance_rescale"] as const) {
    if (body[field]) warn(`${field} has no effect at guidance_scale ${settings.guidance}.`);
  }
}
