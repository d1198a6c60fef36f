import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Device } from "./device.ts";
import type { Graph, GraphSource } from "./graph.ts";
import type { ModelListing } from "./model-source.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Token } from "./services.ts";
import type { EventOf, InputOf, OutputOf, Task } from "./task.ts";

/** Knows one kind of model folder and how to serve it. */
export interface ModelFamily<
  T extends Task = Task,
  Options = unknown,
  Published extends Checkpoint = Checkpoint,
> {
  /** kebab-case, unique in a kernel. */
  readonly name: string;
  readonly task: T;
  /** Published models known by name. Default: none. */
  readonly checkpoints?: readonly Published[];
  /** Validates what a launch sets beside the kernel's own options. Default: a launch may set nothing. */
  readonly options?: StandardSchemaV1<unknown, Options>;
  /**
   * Says whether a model is of this family. "own": it is recognised as this family's; "able": this family could serve it
   * too. One "own" beats any "able"; two of a kind is an error that names both. Called when neither the launch nor a
   * checkpoint's name says the family.
   */
  match(model: ModelListing): "own" | "able" | false;
  /**
   * Says what a model is that this family knows of and does not serve, and what to do: the message of the LOAD_FAILED when
   * no family matches. undefined for any other model. Default: it knows of none.
   */
  refuse?(model: ModelListing): string | undefined;
  /**
   * The files that it reads, of those listed: a source fetches no others. Called once before `load`. LOAD_FAILED when one
   * that it needs is not there. Default: all.
   */
  files?(model: ModelListing, options: Options): readonly string[];
  /**
   * Bytes of the weights that must be in memory at once: at least those of the largest graph. Called after `files`, for the
   * choice of a device. Default, and where it gives undefined: the size of the largest folder's smallest weights file.
   */
  leastBytes?(model: ModelListing, options: Options): number | undefined;
  /**
   * Reads configs and tokenizers and declares graphs; opens none, so it is quick and the memory need is known before any
   * is opened. LOAD_FAILED says what is wrong with the folder.
   */
  load(
    context: LoadContext<Options, Published>,
  ): Promise<Pipeline<InputOf<T>, OutputOf<T>, EventOf<T>>>;
}

/** A published model. */
export interface Checkpoint {
  readonly name: string;
  /** Other names clients use. The repo id is one of them without being listed. Default: none. */
  readonly aliases?: readonly string[];
  /** "owner/name" on Hugging Face. */
  readonly repo: string;
  /** A commit in full, or a branch. */
  readonly revision: string;
  /** Glob patterns of the files to fetch, for a repository that holds many more than its family reads. Default: all. */
  readonly include?: readonly string[];
  readonly license?: string;
  /** Needs an accepted licence and a token to download. Default false. */
  readonly gated?: boolean;
  /** Defaults for omitted fields of a request, e.g. { steps: 1, guidance: 0 }. Default: the family's. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** A model on disk. */
export interface ModelFolder extends ModelListing {
  /** The launch's id, which clients call it by. */
  readonly id: string;
  /** Absolute, symlinks resolved. */
  readonly path: string;
}

/** The surroundings of a family's `load`. */
export interface LoadContext<Options = unknown, Published extends Checkpoint = Checkpoint> {
  readonly model: ModelFolder;
  /** The published model that this is, when one of its names is a checkpoint's. */
  readonly checkpoint?: Published;
  /** The launch's options as the family's schema made them; {} for a family without options. */
  readonly options: Options;
  /** The device that its graphs will run on, for families whose graphs differ by device. */
  readonly device: Device;
  /** A kernel service: the logger, or one that a plugin provides. PLUGIN_INVALID when nobody provides it. */
  get<S>(token: Token<S>): S;
  /** Declares a graph. The kernel opens it, keeps it open while memory allows, closes it, opens it again when it next runs. */
  graph(source: GraphSource): Graph;
  /** Disposes what the pipeline holds beside its graphs when the model is unloaded, or when its load fails; returns it. */
  use<R extends Disposable | AsyncDisposable>(resource: R): R;
}
