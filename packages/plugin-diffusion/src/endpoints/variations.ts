import type { Endpoint } from "@kindred/core";
import { maskOfAlpha } from "../picture/mask.ts";
import type { UploadLimits } from "../picture/upload-limits.ts";
import type { image, ImageRequest, Pixels } from "../task.ts";
import { controlFiles, controlPictures, controlRequest } from "./control-fields.ts";
import { promptField, requestOf } from "./fields.ts";
import type { Maybe } from "./maybe.ts";
import { imageBody } from "./image-body.ts";
import { decodedImages, imageEndpoint } from "./image-endpoint.ts";
import { imagesStream } from "./images-stream.ts";
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
    body,
    text: "prompt",
    files: ["image", ...controlFiles],
    fields: { ...overNames, control: ["control_image", "image"] },
    async decode(asked) {
      const image = await onePicture(asked, ["image"], limits);
      const warnings = (await maskOfAlpha(image))
        ? ["image has transparent pixels: its colours alone were read."]
        : [];
      const over = await followed(asked, image.pixels, limits);
      const request = { ...requestOf(asked), ...overRequest(asked), ...over };
      return decodedImages(asked, { prompt: asked.prompt ?? "", ...request }, warnings);
    },
    stream: imagesStream("image_edit"),
  };
}

/** Xinference's `image_to_image`: a ControlNet of the launch follows the picture, and without one it is drawn over. */
async function followed(
  asked: VariationsBody,
  picture: Pixels,
  limits: UploadLimits,
): Promise<Partial<ImageRequest>> {
  if (asked.control_image != null)
    return { ...(await controlRequest(asked, limits)), image: picture };
  const follow = await controlPictures([picture], asked);
  return { follow, guessMode: asked.guess_mode ?? undefined };
}
