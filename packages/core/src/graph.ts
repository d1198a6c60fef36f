import type { DeviceLease } from "./device.ts";

/** An ONNX graph that can be opened: built in memory over a checkpoint's files, or an .onnx file. */
export interface GraphSource {
  /** Unique within the model: "unet", "text_encoder". */
  readonly name: string;
  /** Serialised ModelProto, or the path of a file. */
  readonly model: Uint8Array | string;
  /** Folder that the locations of external data are relative to. */
  readonly folder: string;
  /** Memory its weights take once opened, and while it is being opened. */
  readonly bytes: number;
  readonly peakBytes: number;
  /** Bytes of activations a run needs, by the dims of its feeds; default 0. */
  workspace?(dims: Dims): number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}
/** Shapes of a run's feeds by input name. */
export type Dims = Readonly<Record<string, readonly number[]>>;

export type TensorType = "float32" | "int64" | "int32" | "uint8" | "bool";
export interface Tensor {
  readonly type: TensorType;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array;
}

/** A declared graph: a handle, open or not. */
export interface Graph {
  readonly source: GraphSource;
  /**
   * The most bytes of its device that it takes at once: to be opened and, with `dims`, to run feeds of these shapes. This
   * is what the kernel reserves. The process that runs it on another device than the CPU is main memory's, and not counted.
   */
  bytes(dims?: Dims): number;
  /**
   * Truly asynchronous. Feeds are only read, and until it settles: then the caller may reuse them. The signal is heard
   * while it waits for memory, not while it runs: ABORTED. DEVICE_EXHAUSTED when it can never fit, LOAD_FAILED when it does not open,
   * GRAPH_FAILED when the run fails.
   */
  run<Name extends string>(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly Name[],
    signal?: AbortSignal,
  ): Promise<Record<Name, Tensor>>;
}

/** Opens graphs within a model's lease; the default runs each open graph in a process of its own. */
export interface GraphRuntime {
  /** Memory that an open graph takes beside its weights and activations, such as a process of its own; default 0. */
  readonly overheadBytes?: number;
  /** LOAD_FAILED when the graph is not sound or its memory not there. */
  open(source: GraphSource, lease: DeviceLease): Promise<OpenGraph>;
}
/** Disposed before its lease; disposal is done when its memory is back. */
export interface OpenGraph extends AsyncDisposable {
  /** GRAPH_FAILED with the reason; CLOSED once disposed. Runs under way at once may end in any order. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>>;
  /** Settles when it is gone: resolves after disposal, rejects with GRAPH_FAILED when it died by itself. */
  readonly closed: Promise<void>;
}

/** The shapes of feeds. */
export function dimsOf(feeds: Readonly<Record<string, Tensor>>): Dims {
  return Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
}
