import sharp from "sharp";
import { closing, model } from "./image-server.ts";

/** A PNG of noise, as a client uploads it. With `hole` its left half is transparent. */
export async function picture(width = 64, height = 64, hole = false): Promise<File> {
  const noise = { type: "gaussian", mean: 128, sigma: 40 } as const;
  const whole = sharp({ create: { width, height, channels: 3, background: "red", noise } });
  const opacity = Buffer.from(
    Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 0 : 255)),
  );
  const raw = { width, height, channels: 1 } as const;
  const made = hole ? whole.joinChannel(opacity, { raw }) : whole;
  const bytes = await made.png().toBuffer();
  return new File([Uint8Array.from(bytes)], "picture.png", { type: "image/png" });
}

/** A black mask whose left half is white. */
export async function leftHalf(width = 64, height = 64): Promise<File> {
  const white = { create: { width: width / 2, height, channels: 3, background: "white" } } as const;
  const black = sharp({ create: { width, height, channels: 3, background: "black" } });
  const composed = black.composite([{ input: white, left: 0, top: 0 }]);
  const bytes = await composed.removeAlpha().png().toBuffer();
  return new File([Uint8Array.from(bytes)], "mask.png", { type: "image/png" });
}

/** The form of a request over a picture. */
export function formOf(fields: Readonly<Record<string, string | File | readonly File[]>>) {
  const form = new FormData();
  const all = { model, prompt: "a red apple", num_inference_steps: "4", seed: "1", ...fields };
  for (const [name, value] of Object.entries(all)) {
    for (const each of [value].flat()) form.append(name, each as string | File);
  }
  return form;
}

/** Sends a form to one of the image endpoints. */
export function send(url: string, name: string, form: FormData): Promise<Response> {
  const path = `${url}/v1/images/${name}`;
  return fetch(path, { method: "POST", headers: closing, body: form });
}

/** The pixels of a picture's file. */
export async function pixelsOf(bytes: Uint8Array) {
  const { data, info } = await sharp(bytes)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { rgb: data, width: info.width, height: info.height };
}
