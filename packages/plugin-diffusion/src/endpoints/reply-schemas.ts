import type { ReplySchema } from "@kindred/core";
import * as z from "zod";

const count = z.int().min(0);
const format = z.enum(["png", "jpeg", "webp"]);
const seed = count.describe("Draws the same picture again.");
const size = z
  .string()
  .regex(/^\d+x\d+$/)
  .describe("The width and the height of the picture, in pixels.");
const picture = z.base64().describe("The picture's file, in Base64.");

const usage = z
  .object({
    input_tokens: count,
    output_tokens: count,
    total_tokens: count,
    input_tokens_details: z.object({ text_tokens: count, image_tokens: count }),
  })
  .describe("The prompt's tokens. Pictures cost none.");

const item = {
  b64_json: picture.optional(),
  url: z.string().optional().describe("Where the picture's file is, for a while."),
};

const echoed = { safety_identifier: z.string().optional().describe("The request's own.") };

const answer = {
  created: count.describe("When the request was answered, in Unix seconds."),
  output_format: format,
  size,
  usage,
  ...echoed,
};

/** The reply of the endpoints that draw. */
export const imagesReplySchema: ReplySchema = z.object({
  ...answer,
  data: z.array(z.object({ ...item, seed })),
});

/** The reply of the endpoint that enlarges. */
export const upscaleReplySchema: ReplySchema = z.object({
  ...answer,
  data: z.array(z.object(item)),
});

const pictureEvent = {
  b64_json: picture,
  created_at: count.describe("When the request began to be answered, in Unix seconds."),
  size,
  quality: z.string(),
  background: z.string(),
  output_format: format,
};

/** The events of a stream of pictures: `NAME.partial_image` and `NAME.completed`. */
export function drawingEvents(
  name: "image_generation" | "image_edit",
): Readonly<Record<string, ReplySchema>> {
  const [partial, completed] = [`${name}.partial_image`, `${name}.completed`] as const;
  return {
    [partial]: z.object({
      type: z.literal(partial),
      ...pictureEvent,
      partial_image_index: count.describe("The preview's number among those of its picture."),
    }),
    [completed]: z.object({ type: z.literal(completed), ...pictureEvent, seed, usage, ...echoed }),
  };
}

/** The event of a stream of an enlarged picture. */
export const upscaleEvents: Readonly<Record<string, ReplySchema>> = {
  "image_edit.completed": z.object({
    type: z.literal("image_edit.completed"),
    ...pictureEvent,
    usage,
    ...echoed,
  }),
};
