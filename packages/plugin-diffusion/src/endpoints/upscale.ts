import type { Endpoint } from "@kindred/core";
import type { UploadLimits } from "../picture/upload-limits.ts";
import { imageUpscale } from "../upscale-task.ts";
import type { UpscaleScale } from "../upscaling/scales.ts";
import { imageFields } from "./fields.ts";
import type { ImageFields } from "./fields.ts";
import { imageBody } from "./image-body.ts";
import { decodedImages } from "./image-endpoint.ts";
import { fileFormat } from "./images-reply.ts";
import type { Maybe } from "./maybe.ts";
import { pictureField } from "./picture-field.ts";
import type { SentPicture } from "./picture-field.ts";
import { upscaleReplySchema } from "./reply-schemas.ts";
import { scaleField } from "./scale-field.ts";
import { onePicture } from "./sent-pictures.ts";
import { showUpscaled, upscaleReply, upscaleStream } from "./upscale-reply.ts";

/** The fields of the other image endpoints that have a meaning here, or are taken without effect. */
const shared = [
  "model",
  "response_format",
  "output_format",
  "output_compression",
  "stream",
  "request_id",
  "safety_identifier",
  "quality",
  "style",
  "background",
  "moderation",
  "user",
] as const;

/** The body of `POST /v1/images/upscale`. */
export interface UpscaleBody extends Pick<ImageFields, (typeof shared)[number]> {
  readonly image: readonly SentPicture[];
  /** Times that the sides are enlarged. Default: the model's own scale. */
  readonly scale?: Maybe<UpscaleScale>;
}

const body = imageBody<UpscaleBody>({
  image: pictureField,
  scale: scaleField,
  ...(Object.fromEntries(shared.map((name) => [name, imageFields[name]])) as Pick<
    typeof imageFields,
    (typeof shared)[number]
  >),
});

/** Enlarges a picture. It is a form with an upload, or JSON with a data URL. */
export function upscale(limits: UploadLimits): Endpoint<typeof imageUpscale, UpscaleBody> {
  return {
    path: "/v1/images/upscale",
    summary: "Enlarges a picture.",
    task: imageUpscale,
    body,
    files: ["image"],
    fileFormat,
    async decode(asked) {
      const { pixels, alpha } = await onePicture(asked, ["image"], limits);
      const isKept = alpha !== undefined && asked.output_format !== "jpeg";
      const input = { image: pixels, scale: asked.scale ?? undefined, ...(isKept && { alpha }) };
      const lost = "JPEG has no transparency: the colours of image alone were enlarged.";
      return decodedImages<typeof imageUpscale>(asked, input, alpha && !isKept ? [lost] : []);
    },
    reply: upscaleReplySchema,
    encode: upscaleReply,
    show: showUpscaled,
    stream: upscaleStream,
  };
}
