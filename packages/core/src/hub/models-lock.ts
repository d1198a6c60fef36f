import { KernelError, shorten } from "../errors.ts";
import { told as quoted } from "../shared/told.ts";
import { etagOf, isHex, isStorable } from "./hub-file.ts";
import type { HubFile } from "./hub-file.ts";
import { hubName } from "./hub-name.ts";
import type { Hub } from "./hub-name.ts";
import { isJsonObject } from "../json-object.ts";

/** The version of the format that is read and written. */
const version = 1;

/** Models as they were when they were locked, by the names that they were asked for by. */
export interface ModelsLock {
  /** What messages call it: the name of its file. */
  readonly file: string;
  /** By their sources as typed: "sd-turbo", "BAAI/bge-m3@main". */
  readonly models: ReadonlyMap<string, LockedModel>;
}

/** One name's repository at one commit. */
export interface LockedModel {
  /** Where it comes from. Default: Hugging Face. */
  readonly hub?: Hub;
  /** "owner/name". */
  readonly repo: string;
  /** What was asked for: a branch, a tag or a commit. */
  readonly revision: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Every file that was fetched, by its relative path. */
  readonly files: ReadonlyMap<string, LockedFile>;
}

export interface LockedFile {
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of a file of LFS. */
  readonly sha256?: string;
  /** Git's SHA-1 of another file's blob. */
  readonly blob?: string;
}

/** Reads what `lockText` wrote. `file` names it. LOAD_FAILED for anything else, with what is wrong and what to do. */
export function parseLock(text: string, file: string): ModelsLock {
  const refuse = (flaw: string): never => {
    const message = `${file} cannot be used: ${flaw}. Take it from where it is sound, or remove it and make it anew by: kindred pull --lock NAME`;
    throw new KernelError("LOAD_FAILED", message);
  };
  const { version: found, models } = parsed(text, refuse);
  if (found !== version)
    return refuse(`its version is ${told(found)}, and this Kindred reads version ${version}`);
  if (!isJsonObject(models)) return refuse('it has no "models"');
  const entries = Object.entries(models).map(([name, model]) => {
    return [name, lockedModel(model, (flaw) => refuse(`"${shorten(name, 100)}" ${flaw}`))] as const;
  });
  return { file, models: new Map(entries) };
}

/** A lock as the text of its file: the same for the same models, sorted, and a line for each fact. */
export function lockText({ models }: Pick<ModelsLock, "models">): string {
  const entries = sorted(models).map(([name, { files, ...model }]) => {
    return [name, { ...model, files: Object.fromEntries(sorted(files)) }] as const;
  });
  return `${JSON.stringify({ version, models: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** Files of a repository as a lock has them. LOAD_FAILED for one whose hash is not known. */
export function lockedFiles(
  files: readonly HubFile[],
  repo: string,
): ReadonlyMap<string, LockedFile> {
  const unhashed = files.find((file) => file.isUnhashed);
  if (unhashed) {
    throw new KernelError(
      "LOAD_FAILED",
      `${repo} cannot be locked: ${unhashed.path} has no hash at ModelScope. Lock a copy of it on Hugging Face.`,
    );
  }
  const entries = files.map(({ path, size, sha256, blobId }) => {
    return [path, { size, ...(sha256 === undefined ? { blob: blobId } : { sha256 }) }] as const;
  });
  return new Map(entries);
}

/** A locked file as a listing has it. The blob of LFS's pointer is not known, and nobody needs it. */
export function asListed(path: string, { size, sha256, blob = "" }: LockedFile): HubFile {
  return { path, size, blobId: blob, ...(sha256 !== undefined && { sha256 }) };
}

/** How a file differs from the locked one, for messages; undefined when it does not. */
export function difference(
  { size, ...hashes }: LockedFile,
  file: HubFile | undefined,
): string | undefined {
  if (!file) return "is not there";
  if (file.size !== size) return `has ${file.size} bytes, not ${size}`;
  const hash = hashes.sha256 ?? hashes.blob;
  return etagOf(file) === hash ? undefined : `has the hash ${etagOf(file)}, not ${hash}`;
}

type Refuse = (flaw: string) => never;

function parsed(text: string, refuse: Refuse): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    return refuse(`it is not JSON (${(error as Error).message})`);
  }
  return refuse("it is not an object of JSON");
}

function lockedModel(model: unknown, refuse: Refuse): LockedModel {
  if (!isJsonObject(model)) return refuse(`is ${told(model)}`);
  const { hub, repo, revision, commit, files } = model;
  if (hub !== undefined && hub !== "modelscope") return refuse(`has the hub ${told(hub)}`);
  if (typeof repo !== "string" || hubName(repo)?.repo !== repo)
    return refuse(`has the repository ${told(repo)}, which is not OWNER/NAME`);
  if (typeof revision !== "string" || !hubName(`${repo}@${revision}`))
    return refuse(`has the revision ${told(revision)}, which is no branch, tag or commit`);
  if (!isHex(commit, 40))
    return refuse(`has the commit ${told(commit)}, which is not 40 hexadecimal digits`);
  if (!isJsonObject(files)) return refuse('has no "files"');
  const entries = Object.entries(files).map(([path, file]) => {
    return [path, lockedFile(path, file, refuse)] as const;
  });
  return { ...(hub && { hub }), repo, revision, commit, files: new Map(entries) };
}

function lockedFile(path: string, file: unknown, refuse: Refuse): LockedFile {
  const { size, sha256, blob } = isJsonObject(file) ? (file as Partial<LockedFile>) : {};
  const hashes = [sha256, blob].filter((hash) => hash !== undefined);
  const known = { path, size: size!, blobId: blob ?? "0".repeat(40) };
  const listed = { ...known, ...(sha256 !== undefined && { sha256 }) };
  if (hashes.length !== 1 || !isStorable(listed))
    return refuse(`has a file that cannot be stored: ${told(path)}, ${told(file)}`);
  return { size: listed.size, ...(sha256 === undefined ? { blob: blob! } : { sha256 }) };
}

function told(value: unknown): string {
  return value === undefined ? "absent" : quoted(value, 200);
}

function sorted<T>(entries: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...entries].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
