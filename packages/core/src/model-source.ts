import type { Call } from "./pipeline.ts";
import type { Progress } from "./progress.ts";

/** Finds models: the default takes a launch's `source` as the path of a folder, or of a file that is a whole model. */
export interface ModelSource {
  /**
   * Finds a model and reads its small JSON files; fetches nothing large. Rejects with LOAD_FAILED when there is no such
   * model, with ABORTED by the signal.
   */
  find(source: string, call: Call<LoadProgress>): Promise<FoundModel>;
}

/** A model before its files are chosen. Everything in it is the model's own, whatever a launch calls it. */
export interface ModelListing {
  /** Names it goes by, best first: its repository on Hugging Face, its folder's name (a single file's without its ending). */
  readonly names: readonly string[];
  /** Relative paths, "/"-separated, sorted. Hidden files are left out. */
  readonly files: readonly string[];
  /** A small JSON file, parsed once; undefined when there is none. LOAD_FAILED when it is not JSON. */
  json(file: string): any;
  /**
   * The tensors of a `.safetensors` file, or of one of `torch.save` (`.ckpt`, `.pt`, `.pth`, `.bin`), read once and in place; undefined when
   * the file is not listed. LOAD_FAILED when it is not sound.
   * A source that cannot read headers before it fetches has no such method.
   */
  header?(file: string): WeightsHeader | undefined;
}

/** The tensors of a file of weights, as it describes them. */
export interface WeightsHeader {
  /** Every tensor by its name, in the order of their bytes. */
  readonly tensors: ReadonlyMap<string, TensorFacts>;
  /** The texts of safetensors' `__metadata__`; {} when there are none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor as a header describes it. */
export interface TensorFacts {
  /** safetensors' name of its type: "F32", "F16", "BF16", "I64" and so on. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** A model that a source has found. */
export interface FoundModel extends ModelListing {
  /** Links of its folder whose target is not there, as `files` names files. They are told when the model cannot be loaded. Default: none. */
  readonly brokenLinks?: readonly string[];
  /** Named pipes, sockets and devices of its folder, and links to them: they are not among `files`, and are told in the same way. Default: none. */
  readonly specialFiles?: readonly string[];
  /** A file's size in bytes; 0 for one that is not listed. */
  size(file: string): number;
  /** Bytes that `fetch` of these files would still bring. A source whose files are all there has no such method. */
  missing?(files: readonly string[]): Promise<number>;
  /**
   * Makes these files present below one folder, and resolves to its absolute path, symlinks resolved. Rejects with
   * LOAD_FAILED when one cannot be had, with ABORTED by the signal.
   */
  fetch(files: readonly string[], call: Call<LoadProgress>): Promise<string>;
  /** Bytes that `fetch` of these files would still download. A source whose files are there already has no such method, which means 0. */
  missing?(files: readonly string[]): Promise<number>;
}

/** How far a launch has come. */
export interface LoadProgress extends Progress {
  /** Names what is counted, such as a repository. */
  readonly what: string;
  /** The file of it that has come on, where there are several. */
  readonly file?: Progress & { readonly name: string };
}
