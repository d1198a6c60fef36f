import type { Graph, Tensor } from "@kindred/core";
import type { Conditions } from "./conditions.ts";
import { denoiserRun } from "./denoiser-run.ts";
import type { DenoiserEdges, DenoiserRun } from "./denoiser-run.ts";
import type { Denoiser } from "./denoiser.ts";

/** The part of a denoiser that runs at the calls between. */
export interface ShallowPart {
  /** Its inputs are among those of the whole, but for `kept`. */
  readonly graph: Graph;
  /** The name of its input, and of the whole's output, that goes from one call to the next. */
  readonly kept: string;
  /** Inputs that ControlNets feed. Default: none. */
  readonly residuals?: readonly string[];
}

export interface DeepCachedOptions {
  readonly whole: DenoiserRun;
  readonly shallow: ShallowPart;
  /** The same for both. */
  readonly edges: Omit<DenoiserEdges, "residuals">;
}

/** Calls from one that runs the whole network to the next. */
export type DeepCached = (interval: number) => Denoiser["predict"];

/**
 * DeepCache (arXiv 2312.00858, section 3.3): of one way through a schedule, every `interval`-th call runs the whole network, from the first
 * on. Those between run its shallow part, which goes on from the map that the whole one gave last. Calls over the prompt alone and
 * over what guidance steers away from have a map each.
 */
export function deepCached({ whole, shallow, edges }: DeepCachedOptions): DeepCached {
  const { graph, kept, residuals } = shallow;
  const between = denoiserRun(graph, { ...edges, residuals });
  return (interval) => {
    const maps = new Map<number, Tensor>();
    return async (input, signal) => {
      const map = maps.get(input.promptRows);
      if (map && input.step % interval !== 0) {
        const conditions = taken(input.conditions, graph.source.inputs);
        const run = await between({ ...input, conditions }, signal, { feeds: { [kept]: map } });
        return run.prediction;
      }
      const { prediction, further } = await whole(input, signal, { outputs: [kept] });
      maps.set(input.promptRows, further[kept]!);
      return prediction;
    };
  };
}

/** Deep residuals of ControlNets are no inputs of the shallow part. */
function taken(conditions: Conditions, inputs: readonly string[]): Conditions {
  return Object.fromEntries(Object.entries(conditions).filter(([name]) => inputs.includes(name)));
}
