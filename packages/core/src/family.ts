import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Device } from "./device.ts";
import type { Graph, GraphSource } from "./graph.ts";
import type { Pipeline } from "./pipeline.ts";
import type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
import type { Token } from "./services.ts";

/** Knows one kind of model folder and how to serve it. */
export interface ModelFamily<T extends Task = Task, Options = unknown> {
  readonly name: string;
  readonly task: T;
  /** Published models known by name. */
  readonly checkpoints?: readonly Checkpoint[];
  /** What a launch may set beside the kernel's own options; default: nothing. */
  readonly options?: StandardSchemaV1<unknown, Options>;
  /** "own": recognised as this family's; "able": could serve it too. One "own" beats any "able"; two of a kind is an error naming both. */
  match(model: ModelFolder): "own" | "able" | false;
  /** Reads configs and tokenizers and declares graphs; opens none, so it is quick and the memory need is known before any is opened. */
  load(context: LoadContext<Options>): Promise<Pipeline<InputOf<T>, OutputOf<T>, EventOf<T>>>;
}

export interface Checkpoint {
  readonly name: string;
  /** Other names clients use, the repo id among them by itself. */
  readonly aliases?: readonly string[];
  readonly repo: string;
  readonly revision: string;
  readonly license?: string;
  /** Needs an accepted licence and a token to download. Default false. */
  readonly gated?: boolean;
  /** What a request that is silent means for this checkpoint, e.g. { steps: 1, guidance: 0 }. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}

/** A model on disk. */
export interface ModelFolder {
  /** What clients call it. */
  readonly id: string;
  /** Absolute, symlinks resolved. */
  readonly path: string;
  /** Relative paths, "/"-separated, sorted. */
  readonly files: readonly string[];
  /** A small JSON file, parsed once; undefined when there is none. LOAD_FAILED when it is not JSON. */
  json(file: string): any;
}

export interface LoadContext<Options = unknown> {
  readonly model: ModelFolder;
  readonly checkpoint?: Checkpoint;
  readonly options: Options;
  /** Where its graphs will run, for families whose graph differs by device. */
  readonly device: Device;
  /** A kernel service: the logger, or one that a plugin provides. */
  get<S>(token: Token<S>): S;
  /** Declares a graph. The kernel opens it, keeps it open while memory allows, closes it, opens it again when it next runs. */
  graph(source: GraphSource): Graph;
  /** Disposes what the pipeline holds beside its graphs when the model is unloaded, or when its load fails; returns it. */
  use<R extends Disposable | AsyncDisposable>(resource: R): R;
}
