import { isUtf8 } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import { setImmediate as turn } from "node:timers/promises";

/** Bytes decoded between two turns of the event loop: under 5 ms of work. */
const slice = 262_144;

/** The text of these bytes; undefined where they are not UTF-8. */
export async function decodeUtf8(bytes: Buffer): Promise<string | undefined> {
  if (!isUtf8(bytes)) return undefined;
  const decoder = new StringDecoder("utf8");
  let text = "";
  for (let start = 0; start < bytes.length; start += slice) {
    if (start > 0) await turn();
    text += decoder.write(bytes.subarray(start, start + slice));
  }
  return text;
}
