import type { Reply, Shown } from "@kindred/core";
import { encodePicture } from "../picture/encode.ts";
import type { EncodeOptions } from "../picture/encode.ts";
import { parametersText } from "../picture/parameters.ts";
import { sizeText } from "../request/size.ts";
import type { Pictures } from "../task.ts";
import type { ImageFields } from "./fields.ts";
import { addWarnings } from "./warnings.ts";

/** Pictures as OpenAI's image endpoints answer them; each item also has its seed. */
export async function imagesReply(output: Pictures, reply: Reply<ImageFields>): Promise<object> {
  const { body, created, file } = reply;
  const { format } = formatOf(body);
  addWarnings(output, reply);
  const files = await encodedPictures(output, body);
  const data = await Promise.all(
    files.map(async (bytes, i) => {
      const { seed } = output.pictures[i]!;
      if (body.response_format === "url")
        return { url: await file(bytes, `image/${format}`), seed };
      return { b64_json: Buffer.from(bytes).toString("base64"), seed };
    }),
  );
  return {
    created,
    data,
    output_format: format,
    size: sizeText(output.settings),
    usage: usageOf(output),
  };
}

/** For a terminal: what was drawn, and PNG files. */
export async function showPictures(output: Pictures): Promise<Shown> {
  const files = await encodedPictures(output, {});
  return {
    text: output.pictures
      .map(({ seed }) => `${sizeText(output.settings)}, seed ${seed}`)
      .join("\n"),
    files: files.map((bytes) => ({ type: "image/png", bytes })),
  };
}

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

export function formatOf({ output_format, output_compression }: ImageFields): EncodeOptions {
  return { format: output_format ?? "png", quality: output_compression ?? undefined };
}

/** Images cost no tokens. */
export function usageOf({ promptTokens }: Pictures): object {
  return {
    input_tokens: promptTokens,
    output_tokens: 0,
    total_tokens: promptTokens,
    input_tokens_details: { text_tokens: promptTokens, image_tokens: 0 },
  };
}
