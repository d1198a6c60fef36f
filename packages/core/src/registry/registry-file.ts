import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { checkLaunch } from "../catalog/check-launch.ts";
import { isKernelError, KernelError } from "../errors.ts";
import type { Launch } from "../launch.ts";
import { checkRegistration } from "./check-registration.ts";
import type { RegisteredModel } from "./registered-model.ts";

const version = 1;

/** What a registry keeps beyond its process. */
export interface RegistryState {
  readonly models: readonly RegisteredModel[];
  readonly launches: readonly Launch[];
}

/** A JSON file of a registry. It is written aside and renamed, one writing after the other. */
export class RegistryFile {
  readonly path: string;
  #writing: Promise<void> = Promise.resolve();

  constructor(path: string) {
    this.path = path;
  }

  /** Its content; nothing when there is no file. LOAD_FAILED when it cannot be read, or is none of a registry. */
  async read(): Promise<RegistryState> {
    const text = await readFile(this.path, "utf8").catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === "ENOENT") return undefined;
      throw this.#unsound(`it cannot be read (${cause.message})`, cause);
    });
    if (text === undefined) return { models: [], launches: [] };
    const content = this.#parsed(text);
    if (content?.version !== version)
      throw this.#unsound(`its version is ${JSON.stringify(content?.version)}, not ${version}`);
    try {
      return checked(content);
    } catch (cause) {
      throw this.#unsound(isKernelError(cause) ? cause.message : String(cause), cause);
    }
  }

  /** Rejects with LOAD_FAILED when it cannot be written; the file is then as it was. */
  write(state: RegistryState): Promise<void> {
    const text = `${JSON.stringify({ version, ...state }, endlessAsText, 2)}\n`;
    const writing = this.#writing.then(() => this.#write(text));
    this.#writing = writing.catch(() => {});
    return writing;
  }

  async #write(text: string): Promise<void> {
    const aside = `${this.path}.${randomBytes(4).toString("hex")}`;
    try {
      await mkdir(dirname(this.path), { recursive: true });
      // A launch's options may hold what is nobody else's business.
      await writeFile(aside, text, { mode: 0o600 });
      await rename(aside, this.path);
    } catch (cause) {
      await rm(aside, { force: true }).catch(() => {});
      const message = `"${this.path}" cannot be written: ${(cause as Error).message}. Let this process write there, or name another file.`;
      throw new KernelError("LOAD_FAILED", message, { cause });
    }
  }

  #parsed(text: string): any {
    try {
      return JSON.parse(text, textAsEndless);
    } catch (cause) {
      throw this.#unsound("it is not JSON", cause);
    }
  }

  #unsound(reason: string, cause?: unknown): KernelError {
    const message = `"${this.path}" keeps registered and launched models, and is not sound: ${reason.replace(/\.$/, "")}. Correct or remove it.`;
    return new KernelError("LOAD_FAILED", message, { cause });
  }
}

function checked({ models = [], launches = [] }: Partial<RegistryState>): RegistryState {
  if (!Array.isArray(models) || !Array.isArray(launches))
    throw new KernelError("INVALID_INPUT", "models and launches must be lists");
  for (const model of models) checkRegistration(model);
  for (const launch of launches) checkLaunch(launch);
  return { models, launches };
}

/** The members of a launch that may be `Infinity`, for which JSON has no word. */
const seconds: ReadonlySet<string> = new Set(["keepAlive", "loadTimeout", "runTimeout"]);
const endless = "Infinity";

function endlessAsText(key: string, value: unknown): unknown {
  return seconds.has(key) && value === Infinity ? endless : value;
}

function textAsEndless(key: string, value: unknown): unknown {
  return seconds.has(key) && value === endless ? Infinity : value;
}
