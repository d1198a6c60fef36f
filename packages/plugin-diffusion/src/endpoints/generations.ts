import type { Endpoint } from "@kindred/core";
import type { UploadLimits } from "../picture/upload-limits.ts";
import type { image } from "../task.ts";
import { controlFiles, controlRequest } from "./control-fields.ts";
import { imageFields, promptField, requestOf, wireNames } from "./fields.ts";
import type { ImageFields } from "./fields.ts";
import { imageBody } from "./image-body.ts";
import { decodedImages, imageEndpoint } from "./image-endpoint.ts";
import { imagesStream } from "./images-stream.ts";

/** The body of `POST /v1/images/generations`. */
export interface GenerationsBody extends ImageFields {
  readonly prompt: string;
}

const body = imageBody<GenerationsBody>({ prompt: promptField, ...imageFields });

/** OpenAI's endpoint that draws pictures from text, with diffusers' settings beside OpenAI's fields. */
export function generations(limits: UploadLimits): Endpoint<typeof image, GenerationsBody> {
  return {
    ...imageEndpoint,
    path: "/v1/images/generations",
    summary: "Draws pictures from text.",
    body,
    text: "prompt",
    files: controlFiles,
    fields: wireNames,
    async decode(asked) {
      const control = await controlRequest(asked, limits);
      const request = { prompt: asked.prompt, ...requestOf(asked), ...control.request };
      return decodedImages(asked, request, control.warnings);
    },
    stream: imagesStream("image_generation"),
  };
}
