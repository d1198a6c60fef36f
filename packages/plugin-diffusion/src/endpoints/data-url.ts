import { TimeSlice } from "@kindred/core";

/** Characters decoded at once: less than a millisecond of work. */
const stretch = 1 << 18;

/** The bytes of a data URL in base64, whose lines may be broken as MIME breaks them. Lets the event loop turn meanwhile. */
export async function bytesOfDataUrl(url: string): Promise<Blob> {
  const parts: Buffer<ArrayBuffer>[] = [];
  const slice = new TimeSlice();
  let rest = "";
  for (let start = url.indexOf(",") + 1; start < url.length; start += stretch) {
    if (slice.isOver) await slice.next();
    const text = rest + url.slice(start, start + stretch).replace(/\s+/g, "");
    // Four characters are three bytes.
    const whole = text.length - (text.length % 4);
    parts.push(Buffer.from(text.slice(0, whole), "base64"));
    rest = text.slice(whole);
  }
  return new Blob([...parts, Buffer.from(rest, "base64")]);
}
