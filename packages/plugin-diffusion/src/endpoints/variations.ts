import type { Endpoint } from "@kindred/core";
import type { DecodedPicture } from "../picture/decode.ts";
import type { UploadLimits } from "../picture/upload-limits.ts";
import type { image, ImageRequest } from "../task.ts";
import { controlFiles, controlPictures, controlRequest } from "./control-fields.ts";
import { promptField, requestOf } from "./fields.ts";
import type { Maybe } from "./maybe.ts";
import { imageBody } from "./image-body.ts";
import { decodedImages, imageEndpoint } from "./image-endpoint.ts";
import { imagesStream } from "./images-stream.ts";
import { warningsOfAlpha } from "./opacity-warning.ts";
import { overFields, overNames, overRequest } from "./over-fields.ts";
import type { OverFields } from "./over-fields.ts";
import { pictureField } from "./picture-field.ts";
import type { SentPicture } from "./picture-field.ts";
import { onePicture } from "./sent-pictures.ts";

/** The body of `POST /v1/images/variations`. */
export interface VariationsBody extends OverFields {
  /** Default "". */
  readonly prompt?: Maybe<string>;
  readonly image: readonly SentPicture[];
}

const body = imageBody<VariationsBody>({
  prompt: promptField.nullish(),
  image: pictureField,
  ...overFields,
});

/** OpenAI's endpoint that draws a picture anew, with a prompt as Xinference has it. */
export function variations(limits: UploadLimits): Endpoint<typeof image, VariationsBody> {
  return {
    ...imageEndpoint,
    path: "/v1/images/variations",
    summary: "Draws a picture anew, guided by a prompt if there is one.",
    body,
    text: "prompt",
    files: ["image", ...controlFiles],
    fields: { ...overNames, control: ["control_image", "image"] },
    async decode(asked) {
      const image = await onePicture(asked, ["image"], limits);
      const { request, warnings } = await followed(asked, image, limits);
      const transparent = await warningsOfAlpha([image], "image");
      const drawn = { ...requestOf(asked), ...overRequest(asked), ...request };
      const all = [...transparent, ...warnings];
      return decodedImages(asked, { prompt: asked.prompt ?? "", ...drawn }, all);
    },
    stream: imagesStream("image_edit"),
  };
}

/** Xinference's `image_to_image`: a ControlNet of the launch follows the picture, and without one it is drawn over. */
async function followed(
  asked: VariationsBody,
  picture: DecodedPicture,
  limits: UploadLimits,
): Promise<{ readonly request: Partial<ImageRequest>; readonly warnings: readonly string[] }> {
  if (asked.control_image != null) {
    const { request, warnings } = await controlRequest(asked, limits);
    return { request: { ...request, image: picture.pixels }, warnings };
  }
  const follow = controlPictures([picture], asked);
  return { request: { follow, guessMode: asked.guess_mode ?? undefined }, warnings: [] };
}
