import type { Graph, Tensor } from "@kindred/core";
import { expect, test } from "vitest";
import { floatScalar } from "../src/components/scalar-input.ts";
import { graphDenoiser } from "../src/denoiser.ts";
import type { DenoiserInput } from "../src/denoiser.ts";
import { tensor } from "./fake-graphs.ts";
import { standInGraph } from "./stand-in-model.ts";

const signal = new AbortController().signal;
const names = { latents: "sample", timestep: "timestep", output: "out_sample" };

type Feeds = Readonly<Record<string, Tensor>>;

/** A graph that notes its feeds. The deep map of a run has the run's number as its values. */
function noting(name: string, inputs: readonly string[], runs: [string, Feeds][]): Graph {
  const graph = standInGraph(name);
  return {
    ...graph,
    source: { ...graph.source, inputs },
    run: async (feeds: Feeds, outputs: readonly string[]) => {
      runs.push([name, feeds]);
      const filled = outputs.map((each) => [
        each,
        tensor(feeds["sample"]!.dims, () => runs.length),
      ]);
      return Object.fromEntries(filled);
    },
  };
}

function cached(interval: number) {
  const runs: [string, Feeds][] = [];
  const inputs = ["sample", "timestep", "down.0", "deep_sample"];
  const denoiser = graphDenoiser(noting("whole", [...inputs, "down.1"], runs), {
    names,
    timestep: floatScalar,
    residuals: ["down.0", "down.1"],
    shallow: {
      graph: noting("shallow", inputs, runs),
      kept: "deep_sample",
      residuals: ["down.0"],
    },
  });
  const predict = denoiser.deepCached!(interval);
  const call = (step: number, further: Partial<DenoiserInput> = {}) =>
    predict(
      {
        latents: tensor([1, 1, 2, 2], () => step),
        timestep: 999 - step,
        conditions: {},
        step,
        promptRows: 1,
        ...further,
      },
      signal,
    );
  const graphs = () => runs.map(([name]) => name);
  const deep = () => runs.map(([, { deep_sample: map }]) => map && Number(map.data[0]));
  return { runs, call, graphs, deep };
}

test("every third call runs the whole network, and those between go on from its map", async () => {
  const { call, graphs, deep } = cached(3);
  for (let step = 0; step < 7; step++) await call(step);
  const [whole, shallow] = ["whole", "shallow"];
  expect(graphs()).toEqual([whole, shallow, shallow, whole, shallow, shallow, whole]);
  expect(deep()).toEqual([undefined, 1, 1, undefined, 4, 4, undefined]);
});

test("the next picture begins with the whole network", async () => {
  const { call, graphs, deep } = cached(5);
  for (const step of [0, 1, 0, 1]) await call(step);
  expect(graphs()).toEqual(["whole", "shallow", "whole", "shallow"]);
  expect(deep()).toEqual([undefined, 1, undefined, 3]);
});

test("calls without the prompt and with it have a map each", async () => {
  const { call, deep } = cached(2);
  for (const step of [0, 1]) for (const promptRows of [0, 1]) await call(step, { promptRows });
  expect(deep()).toEqual([undefined, undefined, 1, 2]);
});

test("the shallow part takes the residuals of its own skips, and zeros where there are none", async () => {
  const { call, runs } = cached(2);
  const residual = tensor([1, 1, 2, 2], () => 5);
  const conditions = { "down.0": residual, "down.1": residual };
  await call(0, { conditions });
  await call(1, { conditions });
  await call(3);
  const taken = runs.map(([, feeds]) => ["down.0", "down.1"].map((name) => feeds[name]?.data[0]));
  expect(taken).toEqual([
    [5, 5],
    [5, undefined],
    [0, undefined],
  ]);
});

test("a denoiser without a shallow part has none of it", () => {
  const denoiser = graphDenoiser(standInGraph("unet"), { names, timestep: floatScalar });
  expect(denoiser.deepCached).toBeUndefined();
});
