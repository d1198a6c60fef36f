import { readdirSync } from "node:fs";
import { basename, resolve, sep, win32 } from "node:path";
import type { Kernel } from "@kindred/core";

/** A text for a client, made of one that may tell about this machine. */
export type ForClients = (text: string) => string;

/**
 * Makes texts for clients: a path of this machine becomes the file inside its model's folder, or its last name, and what
 * V8 quotes of a file that is not JSON is left out. The whole text is for the log and for those who embed the kernel.
 */
export function withoutServerPaths(kernel: Pick<Kernel, "models">): ForClients {
  return (text) => {
    let told = text.replace(quotedByV8, "it is not valid JSON");
    for (const folder of foldersOf(kernel)) {
      const name = basename(folder);
      told = told.replace(whole(folder), (path) => (path.endsWith(sep) ? "" : name));
    }
    return told
      .replace(quoted, (_, quote: string, path: string) => quote + lastName(path) + quote)
      .replace(bare, lastName);
  };
}

/** V8 quotes up to 21 characters, or a shorter text whole. */
const quotedByV8 =
  /(?:Unexpected (?:token|non-whitespace)[^]{0,40}?, (?:\.\.\.)?|(?<=: ))"[^]{0,40}?"(?:\.\.\.)? is not valid JSON/g;

/** Folders at the root of this machine, and of those where native libraries are built. */
const topLevel = [...new Set([...rootFolders(), "home", "Users", "onnxruntime_src"])].map((name) =>
  name.replace(/[^\w]/g, "\\$&"),
);
const root = `(?:file://)?(?:/(?:${topLevel.join("|")})(?=[/"'\`\\s.,:;)]|$)|[A-Za-z]:[\\\\/])`;
const quoted = new RegExp(`(["'\`])(${root}(?:(?!\\1)[^\\n])*)\\1`, "g");
const bare = new RegExp(`(?<![\\w./:~-])${root}(?:[^\\s"'\`:,;()]*[^\\s"'\`:,;().])?`, "g");

function rootFolders(): readonly string[] {
  try {
    return readdirSync("/").filter((name) => name !== "");
  } catch {
    return [];
  }
}

/** A folder's path where it begins, with the separator behind it. A relative path may end in the same names. */
function whole(folder: string): RegExp {
  const escaped = folder.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return new RegExp(`(?<![\\w./~-])${escaped}(?:${sep === "/" ? "/" : "\\\\"})?`, "g");
}

/** The models' own folders, longest first. */
function foldersOf(kernel: Pick<Kernel, "models">): readonly string[] {
  const sources = kernel
    .models()
    .flatMap(({ source, attached = [] }) => [source ?? [], attached].flat());
  return sources
    .map((source) => resolve(source))
    .filter((folder) => basename(folder) !== "")
    .toSorted((a, b) => b.length - a.length);
}

function lastName(path: string): string {
  return win32.basename(path);
}
