import type { Endpoint } from "@kindred/core";
import type { UploadLimits } from "../picture/upload-limits.ts";
import type { image } from "../task.ts";
import { luminanceMask } from "./edit-mask.ts";
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

/** The body of `POST /v1/images/inpainting`. */
export interface InpaintingBody extends OverFields, MaskFields {
  /** Default "". */
  readonly prompt?: Maybe<string>;
  readonly image: readonly SentPicture[];
  readonly mask_image: readonly SentPicture[];
}

const body = imageBody<InpaintingBody>({
  prompt: promptField.nullish(),
  image: pictureField,
  mask_image: pictureField,
  ...overFields,
  ...maskFields,
});

/** Xinference's endpoint that repaints what is white in a mask. */
export function inpainting(limits: UploadLimits): Endpoint<typeof image, InpaintingBody> {
  return {
    ...imageEndpoint,
    path: "/v1/images/inpainting",
    summary: "Repaints what is white in a mask.",
    body,
    text: "prompt",
    files: ["image", "mask_image", ...controlFiles],
    fields: { ...overNames, mask: "mask_image" },
    async decode(asked) {
      const image = await onePicture(asked, ["image"], limits);
      const sent = await onePicture(asked, ["mask_image"], limits);
      const { mask, warnings } = await luminanceMask("mask_image", sent, image);
      const control = await controlRequest(asked, limits);
      const request = { ...requestOf(asked), ...overRequest(asked), ...control.request };
      const drawn = { prompt: asked.prompt ?? "", ...request, image: image.pixels, mask };
      return decodedImages(asked, drawn, [...warnings, ...control.warnings]);
    },
    stream: imagesStream("image_edit"),
  };
}
