import { StringDecoder } from "node:string_decoder";
import { TimeSlice } from "@kindred/core";

/** Bytes decoded at once: a millisecond's work. */
const pieceBytes = 65_536;

/** The text of these bytes, which must be valid UTF-8. */
export async function decodeUtf8(bytes: Buffer): Promise<string> {
  const decoder = new StringDecoder("utf8");
  const slice = new TimeSlice();
  let text = "";
  for (let start = 0; start < bytes.length; start += pieceBytes) {
    text += decoder.write(bytes.subarray(start, start + pieceBytes));
    if (slice.isOver) await slice.next();
  }
  return text;
}
