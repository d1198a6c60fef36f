import type { DeviceLease } from "./device.ts";
import type { FileIdentity } from "./shared/file-identity.ts";

export type { FileIdentity };

/** An ONNX graph that can be opened: built in memory over a checkpoint's files, or an .onnx file. */
export interface GraphSource {
  /** Unique within its model: "unet", "text_encoder". */
  readonly name: string;
  /** A serialised ModelProto, or the absolute path of an .onnx file. */
  readonly model: Uint8Array | string;
  /** The absolute path that the locations of external data are relative to. They must not lead out of it. */
  readonly folder: string;
  /**
   * The files that its bytes lie in, as they were when it was declared. The kernel compares them at every opening and run,
   * and refuses a graph of which one has changed. Default: none is compared.
   */
  readonly files?: readonly FileIdentity[];
  /** The precision that it computes in, for people: "int8". Default: it is not known, as that of an export. */
  readonly precision?: string;
  /** Bytes that its weights take once it is open. */
  readonly bytes: number;
  /** The most bytes that it takes while it is being opened. */
  readonly peakBytes: number;
  /** Bytes of activations that a run needs, by the shapes of its feeds. Default 0. */
  workspace?(dims: Dims): number;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Shapes of a run's feeds by input name. */
export type Dims = Readonly<Record<string, readonly number[]>>;

/** Element types that tensors have here. Half-precision numbers are cast inside the graph, at its edge. */
export type TensorType = "float32" | "int64" | "int32" | "uint8" | "bool";

/** Numbers in row-major order. */
export interface Tensor {
  readonly type: TensorType;
  /** The product of these is the length of `data`; [] is a scalar. */
  readonly dims: readonly number[];
  /** Of the array class that fits `type`; "bool" is a Uint8Array of 0 and 1. */
  readonly data: Float32Array | BigInt64Array | Int32Array | Uint8Array;
}

/** A declared graph: a handle, whether it is open or not. */
export interface Graph {
  readonly source: GraphSource;
  /**
   * The most bytes of its device that it takes at once: to be opened and, with `dims`, to run feeds of these shapes. This
   * is what the kernel reserves. On another device than the CPU the process that runs it is not counted: that is main
   * memory's.
   */
  bytes(dims?: Dims): number;
  /**
   * Runs the graph elsewhere: the event loop stays free. Feeds are read until it settles and never changed. Pass the call's
   * signal: it ends the waiting for memory at once. A run under way goes on for a grace, of two seconds or as long as opening
   * the graph took; then its process is ended. A run without a signal holds its model, and a server's shutdown, until it ends.
   * Rejects with ABORTED; DEVICE_EXHAUSTED when it can never fit; LOAD_FAILED when it does not open; GRAPH_FAILED when the run
   * fails or takes longer than the launch's `runTimeout`.
   */
  run<Name extends string>(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly Name[],
    signal?: AbortSignal,
  ): Promise<Record<Name, Tensor>>;
}

/** Opens graphs within a model's lease. The default, `processRuntime`, runs each open graph in a process of its own. */
export interface GraphRuntime {
  /** Bytes of main memory that an open graph takes beside its weights and activations, such as a process. Default 0. */
  readonly overheadBytes?: number;
  /**
   * Opens a graph on the lease's device. LOAD_FAILED when the graph is not sound or its memory is not there. Once the signal
   * aborts, it gives up and rejects with the signal's reason when nothing is left of what it had begun. Default: it never aborts.
   */
  open(source: GraphSource, lease: DeviceLease, signal?: AbortSignal): Promise<OpenGraph>;
}

/**
 * A graph in memory. It is disposed before its lease is returned; once disposal has settled, its memory is free. It may be
 * disposed during runs, of which one may hang: disposal does not wait for them.
 */
export interface OpenGraph extends AsyncDisposable {
  /** Runs the graph. Several runs at once may settle in any order. Rejects with GRAPH_FAILED, or with CLOSED once disposed. */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
  ): Promise<Record<string, Tensor>>;
  /** Settles when the graph is gone: resolves after disposal, rejects with GRAPH_FAILED when it died by itself. */
  readonly closed: Promise<void>;
}

/** The shapes of feeds. */
export function dimsOf(feeds: Readonly<Record<string, Tensor>>): Dims {
  return Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, dims]));
}
