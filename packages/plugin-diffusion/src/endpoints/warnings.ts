import type { Reply } from "@kindred/core";
import { sizeText } from "../request/size.ts";
import type { Pictures } from "../task.ts";
import type { ImageFields } from "./fields.ts";
import { sizeOf } from "./size.ts";

const without = ["quality", "style", "background", "moderation", "user"] as const;

/** Says in the reply what was done otherwise than asked, and what was accepted and changed nothing. */
export function addWarnings(output: Pictures, { body, warn }: Reply<ImageFields>): void {
  const { settings, drawn } = output;
  if (drawn && sizeOf(body.size)) {
    warn(`Drawn in ${sizeText(drawn)}, as the model was trained, and made ${sizeText(settings)}.`);
  }
  for (const field of without) {
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
