import * as z from "zod";

/** A picture as a body has it: an upload, or in JSON a data URL. */
export type SentPicture = File | string;

/** Pictures of one request, as OpenAI bounds them. */
const maxPictures = 16;
/** Characters before a data URL's content, and in an excerpt of another text. */
const maxHead = 300;
const dataUrl = '"data:image/png;base64,…"';

const upload = { type: "string", format: "binary" } as const;
const inUrl = {
  type: "string",
  pattern: "^data:[^,]*;base64,",
  description: "The picture as a data URL in Base64.",
} as const;
const inObject = {
  type: "object",
  properties: { image_url: inUrl },
  required: ["image_url"],
  additionalProperties: false,
} as const;
const several = { type: "array", minItems: 1, maxItems: maxPictures } as const;

/** The JSON Schema of pictures: the uploads of a form first, and then what JSON has in their place. */
const pictures = {
  anyOf: [
    upload,
    { ...several, items: upload },
    inUrl,
    inObject,
    { ...several, items: { anyOf: [inUrl, inObject] } },
  ],
} as const;

/**
 * Pictures: one or a list, each an upload, a data URL, or `{ image_url }` with one. Nothing is fetched, so other URLs and the
 * ids of files are refused by name.
 */
export const pictureField: z.ZodType<readonly SentPicture[]> = z
  .unknown()
  .meta(pictures)
  .transform((value, context) => {
    const list = Array.isArray(value) ? value : [value];
    const refuse = (message: string, path: (string | number)[] = []) => {
      context.addIssue({ code: "custom", message, path });
      return z.NEVER;
    };
    if (list.length === 0) return refuse("must have a picture");
    if (list.length > maxPictures) {
      return refuse(`has ${list.length} pictures, and at most ${maxPictures} are taken`);
    }
    return list.map((each: unknown, i) => sentPicture(each, list === value ? [i] : [], refuse));
  });

type Refuse = (message: string, path: (string | number)[]) => never;

function sentPicture(value: unknown, path: (string | number)[], refuse: Refuse): SentPicture {
  if (value instanceof File) return value;
  if (typeof value === "string") return checkedUrl(value, path, refuse);
  if (typeof value !== "object" || value === null) return refuse(`must be ${either}`, path);
  const { image_url: url, file_id: file, ...others } = value as Record<string, unknown>;
  const [other] = Object.keys(others);
  if (other !== undefined) return refuse("has a key that is not image_url", path);
  if (file != null) {
    const message = `no files are kept here for requests: send the picture itself in image_url, as in ${dataUrl}`;
    return refuse(message, [...path, "file_id"]);
  }
  if (typeof url === "string") return checkedUrl(url, [...path, "image_url"], refuse);
  return refuse(`must be a data URL as in ${dataUrl}`, [...path, "image_url"]);
}

const either = `an upload, or a data URL as in ${dataUrl}`;

function checkedUrl(url: string, path: (string | number)[], refuse: Refuse): string {
  const head = url.slice(0, maxHead);
  if (/^data:[^,]*;base64,/i.test(head)) return url;
  if (/^data:/i.test(head)) return refuse(`must be in base64, as in ${dataUrl}`, path);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(head)) {
    const message = `is a URL, and nothing is fetched: send the picture itself, as in ${dataUrl}`;
    return refuse(message, path);
  }
  return refuse(`must be ${either}`, path);
}
