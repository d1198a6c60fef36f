// @ts-check
import { ApiError } from "../api/errors.js";

/**
 * A picture that a visitor chose. Its size is upright, as EXIF has it; 0 × 0 where the browser cannot show it.
 * @typedef {{ file: File, url: string, width: number, height: number }} ChosenPicture
 */

/**
 * Reads a picture. Its URL lasts until it is revoked. Rejects with an `ApiError` for what is no picture or cannot be read.
 * @param {File} file
 * @param {string} param The field that it is for.
 * @returns {Promise<ChosenPicture>}
 */
export async function openPicture(file, param) {
  const { name, type } = file;
  if (type !== "" && !type.startsWith("image/")) {
    throw new ApiError({ message: `${name} is ${type}, and no picture.`, param });
  }
  const kept = await inMemory(file, param);
  const url = URL.createObjectURL(kept);
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
    return { file: kept, url, width: image.naturalWidth, height: image.naturalHeight };
  } catch {
    return { file: kept, url, width: 0, height: 0 };
  }
}

/**
 * A copy that lasts when the file on the disk changes.
 * @param {File} file
 * @param {string} param
 */
async function inMemory(file, param) {
  try {
    return new File([await file.arrayBuffer()], file.name, { type: file.type });
  } catch {
    throw new ApiError({ message: `${file.name} cannot be read.`, param });
  }
}
