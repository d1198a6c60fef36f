import type { FileFormat, Reply, Shown } from "@kindred/core";
import { encodePicture } from "../picture/encode.ts";
import type { EncodeOptions } from "../picture/encode.ts";
import { parametersText } from "../picture/parameters.ts";
import { sizeText } from "../request/size.ts";
import type { Pictures, Size } from "../task.ts";
import type { ImageFields } from "./fields.ts";
import { addWarnings } from "./warnings.ts";

/** The answer of OpenAI's image endpoints. Each item also has its seed. */
export async function imagesReply(output: Pictures, reply: Reply<ImageFields>): Promise<object> {
  const { body, created } = reply;
  addWarnings(output, reply);
  const files = await encodedPictures(output, body);
  const data = await Promise.all(
    files.map(async (bytes, i) => ({
      ...(await pictureItem(bytes, reply)),
      seed: output.pictures[i]!.seed,
    })),
  );
  return {
    created,
    data,
    output_format: formatOf(body).format,
    size: sizeText(answeredSize(output)),
    usage: usageOf(output),
    ...echoOf(body),
  };
}

/** A picture's file in an answer's `data`, by URL or in Base64 as the body asks for it. */
export async function pictureItem(
  bytes: Uint8Array,
  { body, file }: Reply<Pick<ImageFields, "response_format" | "output_format">>,
): Promise<{ readonly url: string } | { readonly b64_json: string }> {
  if (body.response_format === "url")
    return { url: await file(bytes, `image/${formatOf(body).format}`) };
  return { b64_json: Buffer.from(bytes).toString("base64") };
}

/** The answer for a terminal: size and seed of each picture, and files as the body asks for them, which are called by their seeds. */
export async function showPictures(output: Pictures, reply: Reply<ImageFields>): Promise<Shown> {
  const type = `image/${formatOf(reply.body).format}`;
  addWarnings(output, reply);
  const files = await encodedPictures(output, reply.body);
  return {
    text: output.pictures
      .map(({ seed }) => `${sizeText(answeredSize(output))}, seed ${seed}`)
      .join("\n"),
    files: files.map((bytes, i) => ({ type, bytes, name: `${output.pictures[i]!.seed}` })),
  };
}

/** The formats that a file's name may ask for. */
export const fileFormat: FileFormat<Pick<ImageFields, "output_format">> = {
  field: "output_format",
  extensions: { png: "png", jpg: "jpeg", jpeg: "jpeg", webp: "webp" },
};

/** The files of all pictures, as the body asks for them. */
export function encodedPictures(
  output: Pictures,
  body: ImageFields,
): Promise<readonly Uint8Array[]> {
  const options = formatOf(body);
  return Promise.all(
    output.pictures.map((picture) =>
      encodePicture(picture, { ...options, parameters: parametersText(picture, output) }),
    ),
  );
}

/** The size of the pictures as they are answered. */
function answeredSize({ settings: { width, height }, enlarged }: Pictures): Size {
  const { scale = 1 } = enlarged ?? {};
  return { width: scale * width, height: scale * height };
}

/** The file format that the body asks for. */
export function formatOf({
  output_format,
  output_compression,
}: Pick<ImageFields, "output_format" | "output_compression">): EncodeOptions {
  return { format: output_format ?? "png", quality: output_compression ?? undefined };
}

/** The identifier that clients expect back. */
export function echoOf({ safety_identifier: id }: Pick<ImageFields, "safety_identifier">): object {
  return id == null ? {} : { safety_identifier: id };
}

/** The prompt's tokens. Pictures cost none. */
export function usageOf({ promptTokens }: Pick<Pictures, "promptTokens">): object {
  return {
    input_tokens: promptTokens,
    output_tokens: 0,
    total_tokens: promptTokens,
    input_tokens_details: { text_tokens: promptTokens, image_tokens: 0 },
  };
}
