import type { Stream } from "node:stream";

/** A part as formidable tells of it, before its bytes come. */
interface Incoming extends Stream {
  readonly name: string | null;
  readonly originalFilename: string | null;
  readonly mimetype: string | null;
}

export interface FormPart {
  /** As the client wrote it; null where it wrote none. */
  readonly name: string | null;
  /** Null for what is no file. */
  readonly fileName: string | null;
  readonly type: string;
  readonly chunks: Buffer<ArrayBuffer>[];
}

export type Counted = "bytes" | "fields" | "files";

const most = { fields: 1_000, files: 64 };

/** The parts of a form as they come, in memory: nothing is written to disk, so nothing is left there. */
export class FormParts {
  #parts: FormPart[] = [];
  readonly #counts: Record<Counted, number> = { bytes: 0, fields: 0, files: 0 };
  readonly #limits: Readonly<Record<Counted, number>>;
  #exceed: ((what: Counted, limit: number) => void) | undefined;

  /** `exceed` is told once which limit the form is beyond; then all is let go of. */
  constructor(bytes: number, exceed: (what: Counted, limit: number) => void) {
    this.#limits = { bytes, ...most };
    this.#exceed = exceed;
  }

  get all(): readonly FormPart[] {
    return this.#parts;
  }

  add(incoming: Incoming): void {
    const { name, originalFilename: fileName, mimetype } = incoming;
    const chunks: Buffer<ArrayBuffer>[] = [];
    if (!this.#count(fileName === null ? "fields" : "files", 1)) return;
    this.#parts.push({ name, fileName, type: mimetype ?? "", chunks });
    incoming.on("data", (chunk: Buffer<ArrayBuffer>) => {
      if (this.#count("bytes", chunk.length)) chunks.push(chunk);
    });
  }

  /** Whether there is room for so many more. */
  #count(what: Counted, more: number): boolean {
    this.#counts[what] += more;
    if (this.#counts[what] > this.#limits[what]) {
      this.#exceed?.(what, this.#limits[what]);
      this.#exceed = undefined;
      this.#parts = [];
    }
    return this.#exceed !== undefined;
  }
}
