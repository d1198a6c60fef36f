import type { Stream } from "node:stream";

/** A part as formidable announces it, before its bytes come. */
interface Incoming extends Stream {
  readonly name: string | null;
  readonly originalFilename: string | null;
  readonly mimetype: string | null;
}

export interface FormPart {
  /** The client's name for the field; null when it gave none. */
  readonly name: string | null;
  /** Null when the part is not a file. */
  readonly fileName: string | null;
  readonly type: string;
  readonly chunks: Buffer<ArrayBuffer>[];
}

export type Counted = "bytes" | "fields" | "files";

const maxFields = 1_000;
const maxFiles = 64;

/** Collects the parts of a form in memory as they come. Nothing is written to disk, so nothing is left there. */
export class FormParts {
  #parts: FormPart[] = [];
  readonly #counts: Record<Counted, number> = { bytes: 0, fields: 0, files: 0 };
  readonly #max: Readonly<Record<Counted, number>>;
  #exceed: ((what: Counted, max: number) => void) | undefined;

  /** `exceed` is called once, with the bound that the form exceeds. The parts are dropped then. */
  constructor(maxBytes: number, exceed: (what: Counted, max: number) => void) {
    this.#max = { bytes: maxBytes, fields: maxFields, files: maxFiles };
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

  /** Counts so many more; false once there are too many. */
  #count(what: Counted, more: number): boolean {
    this.#counts[what] += more;
    if (this.#counts[what] > this.#max[what]) {
      this.#exceed?.(what, this.#max[what]);
      this.#exceed = undefined;
      this.#parts = [];
    }
    return this.#exceed !== undefined;
  }
}
