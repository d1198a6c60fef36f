import { KernelError } from "@kindred/core";
import { decodePicture } from "../picture/decode.ts";
import type { DecodedPicture, PictureBounds } from "../picture/decode.ts";
import type { UploadLimits } from "../picture/upload-limits.ts";
import { bytesOfDataUrl } from "./data-url.ts";
import type { Maybe } from "./maybe.ts";
import type { SentPicture } from "./picture-field.ts";

type Sent = Maybe<readonly SentPicture[]>;

/**
 * Decodes the one picture that a request has in the first of these fields, or in another. INVALID_INPUT when it has none, has
 * some in two fields, or has one that cannot be decoded; UNSUPPORTED when it has several.
 */
export async function onePicture<Field extends string>(
  body: { readonly [Name in Field]?: Sent },
  fields: readonly [Field, ...Field[]],
  limits: UploadLimits,
): Promise<DecodedPicture> {
  const [field = fields[0], ...others] = fields.filter((each) => body[each] != null);
  if (others.length > 0) {
    const message = `Pictures are in ${field} and in ${others.join(" and ")}. Send them in one field.`;
    throw new KernelError("INVALID_INPUT", message, { param: others[0] });
  }
  const sent = body[field] ?? [];
  const [picture] = sent;
  if (picture === undefined) {
    const message = `${field} is missing. Send a picture: an upload, or in JSON a data URL.`;
    throw new KernelError("INVALID_INPUT", message, { param: field });
  }
  if (sent.length > 1) {
    const message = `${field} has ${sent.length} pictures, and no model of this server takes more than one. Send one.`;
    throw new KernelError("UNSUPPORTED", message, { param: field });
  }
  return decoded(picture, field, limits);
}

/**
 * Decodes all pictures of a field, one after another. INVALID_INPUT for one that cannot be decoded, or that has, with those before
 * it, more pixels than one may have.
 */
export async function allPictures<Field extends string>(
  body: { readonly [Name in Field]?: Sent },
  field: Field,
  limits: UploadLimits,
): Promise<readonly DecodedPicture[]> {
  const pictures: DecodedPicture[] = [];
  let pixelsBefore = 0;
  for (const each of body[field] ?? []) {
    const picture = await decoded(each, field, { ...limits, pixelsBefore });
    pictures.push(picture);
    pixelsBefore += picture.pixels.width * picture.pixels.height;
  }
  return pictures;
}

async function decoded(
  picture: SentPicture,
  field: string,
  limits: PictureBounds,
): Promise<DecodedPicture> {
  const file = typeof picture === "string" ? await bytesOfDataUrl(picture) : picture;
  return decodePicture(file, field, limits);
}
