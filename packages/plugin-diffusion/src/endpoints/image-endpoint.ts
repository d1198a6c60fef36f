import type { Decoded, Endpoint } from "@kindred/core";
import { image } from "../task.ts";
import type { ImageRequest } from "../task.ts";
import type { ImageFields } from "./fields.ts";
import { fileFormat, imagesReply, showPictures } from "./images-reply.ts";

/** The members that all image endpoints share. */
export const imageEndpoint: Pick<
  Endpoint<typeof image, ImageFields>,
  "task" | "encode" | "show" | "fileFormat"
> = { task: image, encode: imagesReply, show: showPictures, fileFormat };

/** A decoded request for pictures. */
export function decodedImages(
  asked: ImageFields,
  input: ImageRequest,
  warnings: readonly string[] = [],
): Decoded<typeof image> {
  return {
    model: asked.model ?? undefined,
    input,
    stream: asked.stream ?? false,
    warnings,
    // A stream's events have the picture itself.
    ...(asked.response_format === "url" && !asked.stream && { filesFor: "response_format" }),
  };
}
