import { StringDecoder } from "node:string_decoder";
import { nextTurn } from "../shared/event-loop.ts";

/** Bytes decoded between two turns of the event loop: under 5 ms of work. */
const maxSlice = 262_144;

/** The text of these bytes, which must be valid UTF-8. */
export async function decodeUtf8(bytes: Buffer): Promise<string> {
  const decoder = new StringDecoder("utf8");
  let text = "";
  for (let start = 0; start < bytes.length; start += maxSlice) {
    if (start > 0) await nextTurn();
    text += decoder.write(bytes.subarray(start, start + maxSlice));
  }
  return text;
}
