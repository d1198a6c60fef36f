import { constants, lstatSync, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { UsageError } from "./usage-error.ts";

/** The place that a reply is written to. */
export interface Destination {
  /** Exists. */
  readonly folder: string;
  /** The path that `-o` named. Absent where it named a folder, or there is no `-o`: files get names of their own. */
  readonly file?: string;
}

/** The place that `-o` names, the current folder without it. UsageError when it does not exist, so that this is known before a picture is drawn. */
export function destinationOf(output: string | undefined): Destination {
  if (output === undefined) return { folder: "." };
  if (output === "") throw new UsageError("-o must name a file or a folder.");
  if (isFolder(output)) return { folder: output };
  const named = output.endsWith("/") || output.endsWith(sep);
  const folder = named ? output.slice(0, -1) : dirname(output);
  if (!isFolder(folder)) {
    const flaw = statOf(folder) ? "is a file" : "does not exist";
    throw new UsageError(`-o ${output} needs the folder "${folder}", which ${flaw}.`);
  }
  return { folder, file: output };
}

/** UsageError when nothing can be written there. */
export async function checkWritable({ folder, file }: Destination): Promise<void> {
  if (file !== undefined && !statOf(file) && isLink(file)) {
    throw new UsageError(`"${file}" is a link to nothing. Name another place with -o.`);
  }
  const path = file !== undefined && statOf(file) ? file : folder;
  await access(path, constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    const message = `"${path}" cannot be written to: ${cause.code}. Name another place with -o.`;
    throw new UsageError(message, { cause });
  });
}

/** A path in the destination's folder. */
export function inFolder({ folder }: Destination, name: string): string {
  return folder === "." ? name : join(folder, name);
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() ?? false;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
