import { KernelError } from "../errors.ts";
import type { GraphRuntime, GraphSource, OpenGraph } from "../graph.ts";
import { changeOf, headChangeOf } from "../shared/file-identity.ts";

export interface UnchangedOptions {
  /** The model's id, for messages. */
  readonly model: string;
  /** Hears of each change, before whoever opened or ran the graph does. */
  changed(error: KernelError): void;
}

/**
 * A runtime whose graphs are opened and run only while their files are as they were declared: otherwise old offsets would
 * read new bytes. A change is LOAD_FAILED. It is looked for before and after every opening, and during every run, so that
 * a run takes no longer for it. A change that comes during a run is told by the next one, unless it made that run fail.
 */
export function unchangedRuntime(runtime: GraphRuntime, options: UnchangedOptions): GraphRuntime {
  const { overheadBytes } = runtime;
  return {
    ...(overheadBytes !== undefined && { overheadBytes }),
    async open(...given) {
      const [source] = given;
      await check(source, options, true);
      const graph = await runtime.open(...given).catch((error: unknown) => rethrow(error));
      try {
        await check(source, options, true);
      } catch (error) {
        await graph[Symbol.asyncDispose]();
        throw error;
      }
      return (source.files ?? []).length > 0 ? checked(graph, source, options) : graph;

      async function rethrow(error: unknown): Promise<never> {
        await check(source, options, false, error);
        throw error;
      }
    },
  };
}

function checked(graph: OpenGraph, source: GraphSource, options: UnchangedOptions): OpenGraph {
  return {
    closed: graph.closed,
    async run(...given) {
      const checking = check(source, options, false);
      // The run may fail first.
      checking.catch(() => {});
      try {
        const result = await graph.run(...given);
        await checking;
        return result;
      } catch (error) {
        // A mapped file that is cut off kills the graph's process.
        await check(source, options, false, error);
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}

/** LOAD_FAILED when a file of a graph has changed. `headers` are read anew at an opening alone. */
async function check(
  { name, files = [] }: GraphSource,
  { model, changed }: UnchangedOptions,
  headers: boolean,
  cause?: unknown,
): Promise<void> {
  for (const file of files) {
    const change = (await changeOf(file)) ?? (headers ? await headChangeOf(file) : undefined);
    if (change === undefined) continue;
    const message = `"${model}" changed on disk, in its graph "${name}": ${change}. Launch it again.`;
    const error = new KernelError("LOAD_FAILED", message, { cause });
    changed(error);
    throw error;
  }
}
