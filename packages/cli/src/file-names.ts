import { extname } from "node:path";

const maxCharacters = 100;

/** A text as a part of a file's name: a model's id "BAAI/bge" becomes "BAAI-bge". */
export function safeName(text: string): string {
  const safe = text
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, maxCharacters);
  return safe || "model";
}

/** "fox.png" becomes fox-1.png, fox-2.png …: the name's stem and its extension without a point. */
export function numbered(
  path: string,
  number: number,
): { readonly stem: string; readonly extension: string } {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  return { stem: `${stem}-${number}`, extension: extension.slice(1) };
}

/** The extension for a media type: "png" for "image/png". */
export function extensionFor(type: string): string {
  return /^[\w-]+\/([a-z0-9]+)/i.exec(type)?.[1] ?? "bin";
}
