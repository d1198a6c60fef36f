import type { Endpoint } from "@kindred/core";
import type { UploadLimits } from "../picture/upload-limits.ts";
import type { image } from "../task.ts";
import { alphaMask, ownMask } from "./edit-mask.ts";
import { controlFiles, controlRequest } from "./control-fields.ts";
import { promptField, requestOf } from "./fields.ts";
import type { Maybe } from "./maybe.ts";
import { imageBody } from "./image-body.ts";
import { decodedImages, imageEndpoint } from "./image-endpoint.ts";
import { imagesStream } from "./images-stream.ts";
import { maskFields, overFields, overNames, overRequest } from "./over-fields.ts";
import type { MaskFields, OverFields } from "./over-fields.ts";
import { pictureField } from "./picture-field.ts";
import type { SentPicture } from "./picture-field.ts";
import { onePicture } from "./sent-pictures.ts";

/** The body of `POST /v1/images/edits`. */
export interface EditsBody extends OverFields, MaskFields {
  readonly prompt: string;
  /** One of these two. */
  readonly image?: Maybe<readonly SentPicture[]>;
  readonly images?: Maybe<readonly SentPicture[]>;
  readonly mask?: Maybe<readonly SentPicture[]>;
}

const body = imageBody<EditsBody>({
  prompt: promptField,
  image: pictureField.nullish(),
  images: pictureField.nullish(),
  mask: pictureField.nullish(),
  ...overFields,
  ...maskFields,
});

/**
 * OpenAI's endpoint that draws a picture anew: within a mask, within the picture's own transparent part, or all of it. It is
 * a form with uploads, or JSON with data URLs.
 */
export function edits(limits: UploadLimits): Endpoint<typeof image, EditsBody> {
  return {
    ...imageEndpoint,
    path: "/v1/images/edits",
    summary: "Draws a picture anew, within a mask if there is one.",
    body,
    text: "prompt",
    files: ["image", "images", "mask", ...controlFiles],
    fields: overNames,
    async decode(asked) {
      const image = await onePicture(asked, ["image", "images"], limits);
      const sent = asked.mask == null ? undefined : await onePicture(asked, ["mask"], limits);
      const { mask, warnings } = await (sent ? alphaMask(sent, image) : ownMask(image));
      const control = await controlRequest(asked, limits);
      const request = { ...requestOf(asked), ...overRequest(asked), ...control.request };
      const drawn = { prompt: asked.prompt, ...request, image: image.pixels, mask };
      return decodedImages(asked, drawn, [...warnings, ...control.warnings]);
    },
    stream: imagesStream("image_edit"),
  };
}
