import type { Endpoint, Reply, ServerEvent } from "@kindred/core";
import { encodePicture } from "../picture/encode.ts";
import { sizeText } from "../request/size.ts";
import type { image, Preview, Size } from "../task.ts";
import type { ImageFields } from "./fields.ts";
import { echoOf, encodedPictures, formatOf, usageOf } from "./images-reply.ts";
import { drawingEvents } from "./reply-schemas.ts";
import { addWarnings } from "./warnings.ts";

type Stream = NonNullable<Endpoint<typeof image, ImageFields>["stream"]>;

/** The server-sent events of OpenAI's image endpoints: `NAME.partial_image` for a preview, `NAME.completed` for a picture. */
export function imagesStream(name: "image_generation" | "image_edit"): Stream {
  return {
    events: drawingEvents(name),

    event: ({ preview }, reply) => preview && partial(`${name}.partial_image`, preview, reply),

    async end(output, reply) {
      addWarnings(output, reply);
      const type = `${name}.completed`;
      const files = await encodedPictures(output, reply.body);
      return output.pictures.map((picture, i) => ({
        event: type,
        data: {
          type,
          ...pictureEvent(picture, files[i]!, reply),
          seed: picture.seed,
          usage: usageOf(output),
          ...echoOf(reply.body),
        },
      }));
    },
  };
}

async function partial(
  type: string,
  preview: Preview,
  reply: Reply<ImageFields>,
): Promise<ServerEvent> {
  const bytes = await encodePicture(preview, formatOf(reply.body));
  const data = { type, ...pictureEvent(preview, bytes, reply), partial_image_index: preview.index };
  return { event: type, data };
}

/** The members that all events with a picture have. */
export function pictureEvent(
  size: Size,
  bytes: Uint8Array,
  { body, created }: Reply<Pick<ImageFields, "quality" | "output_format">>,
): object {
  return {
    b64_json: Buffer.from(bytes).toString("base64"),
    created_at: created,
    size: sizeText(size),
    quality: body.quality ?? "auto",
    background: "opaque",
    output_format: formatOf(body).format,
  };
}
