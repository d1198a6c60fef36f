import type { Stream } from "node:stream";
import { tooLarge, tooManyBytes } from "./body-bound.ts";
import type { BodyBound } from "./body-bound.ts";
import type { HeldBody } from "./body-memory.ts";
import { ByteBlocks } from "./byte-blocks.ts";

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
  readonly bytes: ByteBlocks;
}

type Counted = "bytes" | "headers" | "fields" | "files";

/** Of all parts together. Browsers send two for a file and one for a field. */
const maxHeaders = 4_000;
const maxFields = 1_000;
const maxFiles = 64;

/** What each byte of a form counts in memory: as it came, and in its File or text. */
export const formWeight = 2;

export interface FormPartsOptions {
  readonly bound: BodyBound;
  readonly held: HeldBody;
  /** Called once, with why the form is refused. Its parts are dropped then. */
  refuse(error: unknown): void;
}

/** Collects the parts of a form in memory as they come. Nothing is written to disk, so nothing is left there. */
export class FormParts {
  #parts: FormPart[] = [];
  readonly #counts: Record<Counted, number> = { bytes: 0, headers: 0, fields: 0, files: 0 };
  readonly #max: Readonly<Record<Counted, number>>;
  readonly #bound: BodyBound;
  readonly #held: HeldBody;
  readonly #refuse: (error: unknown) => void;
  #refused: { readonly error: unknown } | undefined;

  constructor({ bound, held, refuse }: FormPartsOptions) {
    this.#bound = bound;
    this.#max = { bytes: bound.maxBytes, headers: maxHeaders, fields: maxFields, files: maxFiles };
    this.#held = held;
    this.#refuse = refuse;
  }

  get all(): readonly FormPart[] {
    return this.#parts;
  }

  /** Notes how many bytes of the form have come, with those between its parts. Throws why it is refused once it is. */
  came(bytes: number): void {
    this.#count("bytes", bytes - this.#counts.bytes);
    if (this.#refused) throw this.#refused.error;
  }

  /** Notes one more header of a part. */
  addHeader(): void {
    this.#count("headers", 1);
  }

  add(incoming: Incoming): void {
    const { name, originalFilename: fileName, mimetype } = incoming;
    const bytes = new ByteBlocks();
    if (!this.#count(fileName === null ? "fields" : "files", 1)) return;
    this.#parts.push({ name, fileName, type: mimetype ?? "", bytes });
    incoming.on("data", (chunk: Buffer) => {
      if (!this.#refused) bytes.add(chunk);
    });
  }

  /** Counts so many more; false once the form is refused. */
  #count(what: Counted, more: number): boolean {
    if (this.#refused) return false;
    this.#counts[what] += more;
    try {
      if (this.#counts[what] > this.#max[what]) throw this.#excess(what);
      if (what === "bytes") this.#held.grow(more * formWeight);
      return true;
    } catch (error) {
      this.#refused = { error };
      this.#parts = [];
      this.#refuse(error);
      return false;
    }
  }

  #excess(what: Counted): Error {
    if (what === "bytes") return tooManyBytes("form", this.#bound);
    return tooLarge(`The form has more than ${this.#max[what]} ${what}.`, `form.${what}`);
  }
}
