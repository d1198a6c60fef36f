import type { DeviceLease } from "../device.ts";
import type { GraphRuntime, GraphSource, OpenGraph } from "../graph.ts";

/** Any runtime, with a count of its open graphs and of their runs. */
export class CountingRuntime implements GraphRuntime {
  readonly overheadBytes: number;
  readonly openGraphs: Set<OpenGraph> = new Set();
  runs = 0;
  readonly #runtime: GraphRuntime;

  constructor(runtime: GraphRuntime) {
    this.#runtime = runtime;
    this.overheadBytes = runtime.overheadBytes ?? 0;
  }

  async open(source: GraphSource, lease: DeviceLease): Promise<OpenGraph> {
    const graph = await this.#runtime.open(source, lease);
    const gone = () => this.openGraphs.delete(graph);
    this.openGraphs.add(graph);
    graph.closed.then(gone, gone);
    return {
      closed: graph.closed,
      run: (feeds, outputs) => {
        this.runs++;
        return graph.run(feeds, outputs);
      },
      [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
    };
  }
}
