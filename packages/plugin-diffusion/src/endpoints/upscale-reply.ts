import type { Endpoint, Reply, Shown } from "@kindred/core";
import { encodePicture } from "../picture/encode.ts";
import { upscaleParameters } from "../picture/parameters.ts";
import { sizeText } from "../request/size.ts";
import type { imageUpscale, Upscaled } from "../upscale-task.ts";
import { echoOf, formatOf, pictureItem, usageOf } from "./images-reply.ts";
import { pictureEvent } from "./images-stream.ts";
import { upscaleEvents } from "./reply-schemas.ts";
import type { UpscaleBody } from "./upscale.ts";
import { warnOfFields } from "./warnings.ts";

/** No text takes part. */
const usage = usageOf({ promptTokens: 0 });

/** The answer, in the form of OpenAI's image endpoints. */
export async function upscaleReply(output: Upscaled, reply: Reply<UpscaleBody>): Promise<object> {
  const { body, created } = reply;
  warnOfFields(reply);
  return {
    created,
    data: [await pictureItem(await encoded(output, body), reply)],
    output_format: formatOf(body).format,
    size: sizeText(output.picture),
    usage,
    ...echoOf(body),
  };
}

/** The answer for a terminal. */
export async function showUpscaled(output: Upscaled, reply: Reply<UpscaleBody>): Promise<Shown> {
  warnOfFields(reply);
  const bytes = await encoded(output, reply.body);
  const type = `image/${formatOf(reply.body).format}`;
  return { text: sizeText(output.picture), files: [{ type, bytes }] };
}

/** One event, by the name that clients know of pictures that were made of others. */
export const upscaleStream: NonNullable<Endpoint<typeof imageUpscale, UpscaleBody>["stream"]> = {
  events: upscaleEvents,

  event: () => undefined,

  async end(output, reply) {
    const { body } = reply;
    warnOfFields(reply);
    const type = "image_edit.completed";
    const data = {
      type,
      ...pictureEvent(output.picture, await encoded(output, body), reply),
      ...(output.alpha && { background: "transparent" }),
      usage,
      ...echoOf(body),
    };
    return [{ event: type, data }];
  },
};

function encoded(output: Upscaled, body: UpscaleBody): Promise<Uint8Array> {
  const { picture, alpha } = output;
  const parameters = upscaleParameters(output);
  return encodePicture(picture, { ...formatOf(body), alpha, parameters });
}
