import type { Decoded, Endpoint, InputOf } from "@kindred/core";
import { image } from "../task.ts";
import type { imageUpscale } from "../upscale-task.ts";
import type { ImageFields } from "./fields.ts";
import { fileFormat, imagesReply, showPictures } from "./images-reply.ts";
import { imagesReplySchema } from "./reply-schemas.ts";

/** The members that all image endpoints share. */
export const imageEndpoint: Pick<
  Endpoint<typeof image, ImageFields>,
  "task" | "reply" | "encode" | "show" | "fileFormat"
> = { task: image, reply: imagesReplySchema, encode: imagesReply, show: showPictures, fileFormat };

/** A decoded request for pictures: drawn, or enlarged. */
export function decodedImages<T extends typeof image | typeof imageUpscale>(
  asked: Pick<ImageFields, "model" | "n" | "stream" | "response_format">,
  input: InputOf<T>,
  warnings: readonly string[] = [],
): Decoded<T> {
  return {
    model: asked.model ?? undefined,
    input,
    stream: asked.stream ?? false,
    warnings,
    counts: { pictures: asked.n ?? 1 },
    // A stream's events have the picture itself.
    ...(asked.response_format === "url" && !asked.stream && { filesFor: "response_format" }),
  };
}
