import { statSync } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { KernelError } from "../errors.ts";
import type { FoundModel } from "../model-source.ts";
import { headerOf } from "./header-of.ts";
import { repoOf } from "./hub-cache.ts";
import { readJsonNow } from "./json-file.ts";
import { listFiles } from "./list-files.ts";

/** A model's folder on this machine: what a source finds, and where. */
export interface OpenedFolder extends Omit<FoundModel, "fetch"> {
  /** Absolute, symlinks resolved. */
  readonly path: string;
}

/** Reads the names of a model's files, hidden ones left out and links followed. LOAD_FAILED when there is no such folder or it holds too many. */
export async function openModelFolder(path: string): Promise<OpenedFolder> {
  const root = await realFolder(path);
  const { files, brokenLinks, specialFiles } = await listFiles(root);
  const known = new Set(files);
  const parsed = new Map<string, unknown>();
  return {
    path: root,
    names: namesOf(path, root),
    files,
    brokenLinks,
    specialFiles,
    size: (file) => (known.has(file) ? statSync(join(root, file)).size : 0),
    header: headerOf(root, known),
    json(file) {
      if (!known.has(file)) return undefined;
      if (!parsed.has(file)) parsed.set(file, readJsonNow(root, file));
      return parsed.get(file);
    },
  };
}

/** The names of a folder that was launched by `path` and lies at `root`. A link has a name of its own. */
function namesOf(path: string, root: string): readonly string[] {
  const repo = repoOf(root) ?? repoOf(resolve(path)) ?? [];
  return [...new Set([repo, basename(resolve(path)), basename(root)].flat())];
}

async function realFolder(path: string): Promise<string> {
  try {
    const root = await realpath(path);
    if ((await stat(root)).isDirectory()) return root;
  } catch (cause) {
    const message = `There is no folder "${path}". Name a folder that holds a model.`;
    throw new KernelError("LOAD_FAILED", message, { cause });
  }
  const message = `"${path}" is a file. Name the folder that holds the model.`;
  throw new KernelError("LOAD_FAILED", message);
}
