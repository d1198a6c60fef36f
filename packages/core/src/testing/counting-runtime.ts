import type { DeviceLease } from "../device.ts";
import type { GraphRuntime, GraphSource, OpenGraph } from "../graph.ts";

/** Another runtime, with a count of the graphs that are open and of their runs. */
export class CountingRuntime implements GraphRuntime {
  readonly overheadBytes: number;
  /** The graphs that are open now. */
  readonly openGraphs: Set<OpenGraph> = new Set();
  /** The sources of all graphs opened so far, in order. */
  readonly sources: GraphSource[] = [];
  /** Runs begun so far. */
  runs = 0;
  /** Called when a run begins. Default: nobody hears. */
  onRun: (() => void) | undefined;
  readonly #runtime: GraphRuntime;

  constructor(runtime: GraphRuntime) {
    this.#runtime = runtime;
    this.overheadBytes = runtime.overheadBytes ?? 0;
  }

  async open(source: GraphSource, lease: DeviceLease, signal?: AbortSignal): Promise<OpenGraph> {
    const graph = await this.#runtime.open(source, lease, signal);
    const gone = () => this.openGraphs.delete(graph);
    this.openGraphs.add(graph);
    this.sources.push(source);
    graph.closed.then(gone, gone);
    return {
      closed: graph.closed,
      run: (feeds, outputs) => {
        this.runs++;
        this.onRun?.();
        return graph.run(feeds, outputs);
      },
      [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
    };
  }
}
