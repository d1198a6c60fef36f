import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Device } from "./device.ts";
import type { KernelError } from "./errors.ts";
import type { Dims, Graph, GraphSource } from "./graph.ts";
import type { LoadProgress, ModelListing } from "./model-source.ts";
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
  /** Tasks that its models do beside it, without graphs: a pipeline's `sideTasks` do them. Default: none. */
  readonly sideTasks?: readonly Task[];
  /** Published models known by name; `match` also says yes to each of them. Default: none. */
  readonly checkpoints?: readonly Published[];
  /** Validates what a launch sets beside the kernel's own options. Default: a launch may set nothing. */
  readonly options?: StandardSchemaV1<unknown, Options>;
  /**
   * Says whether a model is of this family, by what is in its folder and by the folder's own names. It does not see the
   * launch's id. Called for every launch that names no family; for one whose id is the name of a checkpoint of this family,
   * once more with that checkpoint's names before the folder's own. It does not throw.
   */
  match(model: ModelListing): Claim;
  /**
   * Says what a model is that this family knows of and does not serve, and what to do: the message of the LOAD_FAILED when
   * no family matches. undefined for any other model. Default: it knows of none.
   */
  refuse?(model: LaunchListing): string | undefined;
  /**
   * The files that it reads, of those listed: a source fetches no others. Called once before `load`. LOAD_FAILED when one
   * that it needs is not there. Default: all.
   */
  files?(model: LaunchListing, options: Options): readonly string[];
  /**
   * Bytes of the weights that must be in memory at once: at least those of the largest graph. Called after `files`, for the
   * choice of a device. Default, and where it gives undefined: the size of the largest folder's smallest weights file.
   */
  leastBytes?(model: LaunchListing, options: Options): number | undefined;
  /** The least part of these bytes that a launch with these options holds: a quarter where float32 may be in eight bits. Default 1. */
  leastShare?(options: Options): number;
  /**
   * Reads configs and tokenizers and declares graphs; opens none, so it is quick and the memory need is known before any
   * is opened. LOAD_FAILED says what is wrong with the folder.
   */
  load(
    context: LoadContext<Options, Published>,
  ): Promise<Pipeline<InputOf<T>, OutputOf<T>, EventOf<T>>>;
}

/**
 * How surely a model is of a family. The surest family serves it; two that are as sure are an error that names both.
 *
 * - "exact": it has a mark that only models of this family have, such as their name. This takes it from families of wider
 *   kinds, also from one that knows the checkpoint by name. Kindred's own families never say it, and leave it to yours.
 * - "own": it has the traits of this family's kind.
 * - "able": this family could serve it too.
 * - false: it is not of this family.
 */
export type Claim = "exact" | "own" | "able" | false;

/** A published model. `Defaults` are those of its family's models. */
export interface Checkpoint<Defaults extends object = object> {
  readonly name: string;
  /** Other names clients use. The repo id is one of them without being listed. Default: none. */
  readonly aliases?: readonly string[];
  /** "owner/name" on Hugging Face. */
  readonly repo: string;
  /** A commit in full, or a branch. */
  readonly revision: string;
  /** Where ModelScope has the same files; the default revision there is "master". Default: that is not known. */
  readonly modelscope?: { readonly repo: string; readonly revision?: string };
  /** Glob patterns of the files to fetch, for a repository that holds many more than its family reads. Default: all. */
  readonly include?: readonly string[];
  /** Its licence by its SPDX identifier, or as its page calls it. Default: its page says. */
  readonly license?: string;
  /** Needs an accepted licence and a token to download. Default false. */
  readonly gated?: boolean;
  /** Holds where its files, its launch and the request say nothing: { steps: 1, guidance: 0 }. Default: the family's. */
  readonly defaults?: Readonly<Partial<Defaults>>;
}

/** A model under its launch's id. */
export interface LaunchListing extends ModelListing {
  /** What clients call it, for messages. It tells nothing of what the model is. */
  readonly id: string;
}

/** A model on disk. */
export interface ModelFolder extends LaunchListing {
  /** Absolute, symlinks resolved. */
  readonly path: string;
}

/** The surroundings of a family's `load`. */
export interface LoadContext<Options = unknown, Published extends Checkpoint = Checkpoint> {
  readonly model: ModelFolder;
  /**
   * The published model that this is: one of the folder's names is the checkpoint's, or else the launch's id is, and `match`
   * does not deny it.
   */
  readonly checkpoint?: Published;
  /** The launch's options as the family's schema made them; {} for a family without options. */
  readonly options: Options;
  /** The device that its graphs will run on, for families whose graphs differ by device. */
  readonly device: Device;
  /** A kernel service: the logger, or one that a plugin provides. PLUGIN_INVALID when nobody provides it and it has no fallback. */
  get<S>(token: Token<S>): S;
  /**
   * Finds another model that the launch's options name, such as a ControlNet, as the model source finds a launch's `source`, and
   * makes the files present that `files` chooses of it. Its id is the launch's. LOAD_FAILED when there is no such model.
   */
  attach(source: string, files: (model: LaunchListing) => readonly string[]): Promise<ModelFolder>;
  /** Tells how far the load has come, where it takes long; also keeps it from being given up. */
  onEvent(progress: LoadProgress): void;
  /** Declares a graph. The kernel opens it, keeps it open while memory allows, closes it, opens it again when it next runs. */
  graph(source: GraphSource): Graph;
  /**
   * Says why a graph that is not declared could never be opened, or never run with feeds of these shapes: DEVICE_EXHAUSTED, with the
   * numbers. undefined where it could, once other graphs were closed.
   */
  shortage(source: GraphSource, dims?: Dims): KernelError | undefined;
  /**
   * Aborts when the load is given up: the model was unloaded, or its time is over. Pass it to what takes long, such as the
   * opening of a tokenizer.
   */
  readonly signal: AbortSignal;
  /** Disposes what the pipeline holds beside its graphs when the model is unloaded, or when its load fails; returns it. */
  use<R extends Disposable | AsyncDisposable>(resource: R): R;
}
