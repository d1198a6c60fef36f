import { add, cast, concat, mul, reshape, shapeOf, slice } from "@kindred/core/onnx";
import type { GraphBuilder, Value } from "@kindred/core/onnx";
import type { Normalize } from "../blocks/resnet.ts";

export interface SharedNormsOptions {
  /** int64 [4]: the first row and column of the map's own part, and the first behind it, in pixels of the graph's input. */
  readonly own: Value;
  /** int64 [1]: rows of the graph's input. */
  readonly rows: Value;
  /** Bool [1]: whether `statistics` are taken. Otherwise each norm takes the map's own. */
  readonly areGiven: Value;
  /** Means and variances of the groups of all norms in their order, [2, norms · groups]. */
  readonly statistics: Value;
}

/** Group norms that can take their statistics from elsewhere, so that all tiles of a map are normalized alike. */
export class SharedNorms {
  readonly #options: SharedNormsOptions;
  readonly #found: Value[] = [];
  #groups = 0;

  constructor(options: SharedNormsOptions) {
    this.#options = options;
  }

  /** The statistics of the own parts of this run's maps, as `statistics` are given. */
  found(g: GraphBuilder): Value {
    return concat(g, this.#found, 1);
  }

  /** The group norm of one row, x [1, channels, height, width]. */
  readonly normalize: Normalize = (g, x, { groups, channels, epsilon }) => {
    const { areGiven, statistics } = this.#options;
    const own = statisticsOf(g, this.#ownPart(g, x), groups);
    const range = { start: this.#groups, end: this.#groups + groups, axis: 1 };
    this.#groups += groups;
    this.#found.push(own);
    const taken = g.node("Where", [areGiven, slice(g, statistics, range), own]);
    const column = (start: number) =>
      reshape(g, slice(g, taken, { start, end: start + 1 }), [groups, 1]);
    const [mean, variance] = [column(0), column(1)];
    const perGroup = [groups, channels / groups];
    const weight = g.weight("weight", perGroup, { stored: [channels] });
    const bias = g.weight("bias", perGroup, { stored: [channels] });
    const deviation = g.node("Sqrt", [add(g, variance, g.float32([epsilon], []))]);
    const scale = g.node("Div", [weight, deviation]);
    const shift = g.node("Sub", [bias, mul(g, mean, scale)]);
    const perChannel = (value: Value) => reshape(g, value, [channels, 1, 1]);
    return add(g, mul(g, x, perChannel(scale)), perChannel(shift));
  };

  #ownPart(g: GraphBuilder, x: Value): Value {
    const { own, rows } = this.#options;
    const times = g.node("Div", [slice(g, shapeOf(g, x), { start: 2, end: 3 }), rows]);
    const bounds = mul(g, own, times);
    const [starts, ends] = [0, 2].map((start) => slice(g, bounds, { start, end: start + 2 }));
    return g.node("Slice", [x, starts, ends, g.int64([2, 3])]);
  }
}

/** Means and variances of the groups of one row's channels, [2, groups]: of each line first, since float32 adds few numbers well. */
function statisticsOf(g: GraphBuilder, x: Value, groups: number): Value {
  const meanOf = (lines: Value) =>
    g.node("ReduceMean", [reshape(g, lines, [groups, -1]), g.int64([1])], { keepdims: 0 });
  const last = g.int64([3]);
  const width = cast(g, slice(g, shapeOf(g, x), { start: 3 }), "float32");
  const mean = meanOf(g.node("ReduceMean", [x, last]));
  const squares = g.node("Div", [g.node("ReduceSumSquare", [x, last]), width]);
  const variance = g.node("Sub", [meanOf(squares), mul(g, mean, mean)]);
  const rows = [mean, g.node("Relu", [variance])].map((row) => reshape(g, row, [1, groups]));
  return concat(g, rows, 0);
}
