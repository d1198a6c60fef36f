import { withKwargs } from "@kindred/core";
import type { BodySchema, Endpoint } from "@kindred/core";
import * as z from "zod";
import { image } from "../task.ts";
import { imageFields, promptField, requestOf, wireNames } from "./fields.ts";
import type { ImageFields } from "./fields.ts";
import { fileFormat, imagesReply, showPictures } from "./images-reply.ts";
import { imagesStream } from "./images-stream.ts";
import { withAdvice } from "./neighbours.ts";

/** The body of `POST /v1/images/generations`. */
export interface GenerationsBody extends ImageFields {
  readonly prompt: string;
}

const fields = z.strictObject({ prompt: promptField, ...imageFields });
const body: BodySchema<GenerationsBody> = withKwargs(
  withAdvice<GenerationsBody>(fields, Object.keys(fields.shape)),
);

/** OpenAI's endpoint that draws pictures from text, with diffusers' settings beside OpenAI's fields. */
export const generations: Endpoint<typeof image, GenerationsBody> = {
  path: "/v1/images/generations",
  task: image,
  body,
  text: "prompt",
  fields: wireNames,
  decode: (asked) => ({
    model: asked.model ?? undefined,
    input: { prompt: asked.prompt, ...requestOf(asked) },
    stream: asked.stream ?? false,
    // A stream's events have the picture itself.
    ...(asked.response_format === "url" && !asked.stream && { filesFor: "response_format" }),
  }),
  encode: imagesReply,
  show: showPictures,
  fileFormat,
  stream: imagesStream("image_generation"),
};
