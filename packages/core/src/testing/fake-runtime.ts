import { KernelError } from "../errors.ts";
import type { GraphRuntime, GraphSource, OpenGraph, Tensor } from "../graph.ts";

/** A run of a graph: its outputs, by the names that were asked for. */
export type FakeRun = (
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
  source: GraphSource,
) => Record<string, Tensor> | Promise<Record<string, Tensor>>;

/** A `GraphRuntime` whose graphs are functions in this process. It logs openings, runs and closings. */
export interface FakeRuntime extends GraphRuntime {
  /** In order: "open unet", "run unet", "close unet". */
  readonly log: readonly string[];
  readonly open: GraphRuntime["open"];
  /** The graphs that are open now. */
  readonly opened: ReadonlySet<OpenGraph>;
  /** Has the open graphs of this name die, as killed processes do. */
  kill(name: string): void;
}

/** A runtime in which `run` does every graph's run. It may wait, and it may throw. */
export function fakeRuntime(
  run: FakeRun,
  options: { readonly overheadBytes?: number } = {},
): FakeRuntime {
  const log: string[] = [];
  const opened = new Set<OpenGraph>();
  const deaths = new Map<
    OpenGraph,
    { readonly name: string; readonly die: (error: Error) => void }
  >();
  return {
    ...options,
    log,
    opened,
    async open(source) {
      log.push(`open ${source.name}`);
      let end = () => {};
      let die: (error: Error) => void = () => {};
      const closed = new Promise<void>((resolve, reject) => {
        end = resolve;
        die = reject;
      });
      const graph: OpenGraph = {
        closed,
        run(feeds, outputs) {
          log.push(`run ${source.name}`);
          const work = Promise.resolve().then(() => run(feeds, outputs, source));
          return Promise.race([work, closed.then(() => work)]);
        },
        async [Symbol.asyncDispose]() {
          if (!opened.delete(graph)) return;
          log.push(`close ${source.name}`);
          end();
        },
      };
      opened.add(graph);
      deaths.set(graph, { name: source.name, die });
      return graph;
    },
    kill(name) {
      for (const graph of opened) {
        const death = deaths.get(graph);
        if (death?.name !== name) continue;
        opened.delete(graph);
        death.die(new KernelError("GRAPH_FAILED", `Graph "${name}" was killed. Try again.`));
      }
    },
  };
}
