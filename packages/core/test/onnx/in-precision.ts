import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadProgress } from "@kindred/core";
import type { BuiltGraph, Precision, Rounding, Weights } from "@kindred/core/onnx";
import { graphInPrecision, QuantizedStore } from "@kindred/core/precision";

export interface Context {
  /** Default: a new one in a folder that is not there yet. */
  readonly store?: QuantizedStore;
  readonly rounding?: Rounding;
  readonly signal?: AbortSignal;
  readonly heard?: LoadProgress[];
  /** Gets what the model disposes of in the end. */
  readonly held?: Disposable[];
}

/** A graph over weights in a precision. */
export async function inPrecision(
  precision: Precision,
  weights: Weights,
  build: (held: Weights) => BuiltGraph,
  context: Context = {},
): Promise<BuiltGraph> {
  const { rounding, heard = [], held = [] } = context;
  const store = context.store ?? new QuantizedStore({ folder: await newFolder() });
  const surroundings = {
    get: () => store as never,
    signal: context.signal ?? new AbortController().signal,
    onEvent: (event: LoadProgress) => heard.push(event),
    use: (resource: Disposable | AsyncDisposable) => (
      held.push(resource as Disposable),
      resource as never
    ),
  };
  return graphInPrecision(surroundings, precision, weights, build, rounding);
}

/** A folder that is not there yet. */
export async function newFolder(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), "kindred-int8-")), "quantized");
}
