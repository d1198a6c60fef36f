import type { Endpoint } from "@kindred/core";
import type { image } from "../task.ts";
import { imageFields, promptField, requestOf, wireNames } from "./fields.ts";
import type { ImageFields } from "./fields.ts";
import { imageBody } from "./image-body.ts";
import { decodedImages, imageEndpoint } from "./image-endpoint.ts";
import { imagesStream } from "./images-stream.ts";

/** The body of `POST /v1/images/generations`. */
export interface GenerationsBody extends ImageFields {
  readonly prompt: string;
}

/** OpenAI's endpoint that draws pictures from text, with diffusers' settings beside OpenAI's fields. */
export const generations: Endpoint<typeof image, GenerationsBody> = {
  ...imageEndpoint,
  path: "/v1/images/generations",
  body: imageBody<GenerationsBody>({ prompt: promptField, ...imageFields }),
  text: "prompt",
  fields: wireNames,
  decode: (asked) => decodedImages(asked, { prompt: asked.prompt, ...requestOf(asked) }),
  stream: imagesStream("image_generation"),
};
