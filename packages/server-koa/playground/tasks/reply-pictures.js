// @ts-check
import { urlOf } from "../images/picture.js";

/** @typedef {{ url: string, format: string }} ReplyPicture */

/** Characters of a picture that are shown as text. */
const shown = 40;

/**
 * The pictures of a reply in the form of OpenAI's image endpoints. Others have none.
 * @param {any} reply
 * @returns {ReplyPicture[]}
 */
export function picturesIn(reply) {
  const { data, output_format: format = "png" } = reply ?? {};
  if (!Array.isArray(data)) return [];
  return data
    .map((each) => each?.b64_json)
    .filter((b64_json) => typeof b64_json === "string")
    .map((b64_json) => ({ url: urlOf({ b64_json, output_format: format }), format }));
}

/**
 * A reply to read: the bytes of its pictures are cut.
 * @param {unknown} reply
 */
export function withoutBytes(reply) {
  return JSON.parse(JSON.stringify(reply), (key, value) =>
    key === "b64_json" && typeof value === "string" && value.length > shown
      ? `${value.slice(0, shown)}… (${value.length} characters)`
      : value,
  );
}
