import type { Run } from "./stand-in.ts";

/** Replies with the form as the task gets it. */
export const mirror: Run = async ({ text, times, images }) => ({
  text,
  times,
  images: await Promise.all(
    images.map(async (image) => [
      image.name,
      image.type,
      Buffer.from(await image.arrayBuffer()).toString("hex"),
    ]),
  ),
});

/** A form to send. */
export function form(fields: readonly (readonly [string, string | File])[]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value, value.name);
  }
  return data;
}

export const red = new File([Uint8Array.of(0xff, 0x00, 0x0d, 0x0a)], "red.png", {
  type: "image/png",
});
export const blue = new File([Uint8Array.of(0x00, 0xff)], "blue.webp", { type: "image/webp" });

/** Sends a form and reads the JSON reply. */
export async function send(url: string, data: FormData): Promise<{ status: number; reply: any }> {
  const response = await fetch(url, { method: "POST", body: data });
  return { status: response.status, reply: await response.json() };
}
