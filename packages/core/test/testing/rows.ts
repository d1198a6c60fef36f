import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KernelError } from "@kindred/core";
import type {
  Batched,
  Endpoint,
  GraphSource,
  LoadContext,
  ModelFamily,
  Pipeline,
  Plugin,
  Task,
  Tensor,
} from "@kindred/core";
import { graph, linear, openSafetensors } from "@kindred/core/onnx";
import type { Weights } from "@kindred/core/onnx";
import { synthesize } from "@kindred/core/testing";

type Row = readonly number[];
export type Rows = readonly Row[];
const rowsTask: Task<Rows, Rows> = { name: "rows" };

export type RowsPipeline = Batched<Rows, Rows, Row, Row>;
type RowsEndpoint = Endpoint<typeof rowsTask, { readonly rows: Rows }>;

const width = 4;

/** The parts of a sound plugin that a test breaks. */
export interface Broken {
  readonly plugin?: Partial<Plugin>;
  readonly family?: Partial<ModelFamily<any>>;
  readonly endpoint?: Partial<RowsEndpoint>;
  /** Gives the graph that is declared in place of a sound one. */
  source?(source: GraphSource): GraphSource;
  pipeline?(sound: RowsPipeline): Pipeline<any, any>;
  /** Loads the model around the sound way of doing so. */
  load?(context: LoadContext, sound: () => Promise<Pipeline<any, any>>): Promise<any>;
}

/** Rows of four numbers, each an item, which run through two graphs. */
export function rows(broken: Broken = {}): Plugin {
  const family: ModelFamily<typeof rowsTask> = {
    name: "rows",
    task: rowsTask,
    match: (model) => model.json("config.json")?.model_type === "rows" && "own",
    load(context) {
      const sound = () => loadRows(context, broken);
      return broken.load?.(context, sound) ?? sound();
    },
    ...broken.family,
  };
  const plugin: Plugin = {
    contract: 1,
    name: "rows",
    families: [family],
    endpoints: [{ ...endpoint, ...broken.endpoint }],
    ...broken.plugin,
  };
  return plugin;
}

async function loadRows(
  context: LoadContext,
  { source = (sound) => sound, pipeline: change = (sound) => sound }: Broken,
): Promise<Pipeline<Rows, Rows>> {
  const weights = await openSafetensors(context.model.path, "model.safetensors");
  const legs = ["first", "second"].map((name) => context.graph(source(leg(name, weights))));
  const pipeline: RowsPipeline = {
    budget: 64,
    async items(input) {
      const wrong = input.findIndex((row) => row.length !== width);
      if (wrong === -1) return input;
      const message = `rows[${wrong}] has ${input[wrong]!.length} numbers; send ${width}.`;
      throw new KernelError("INVALID_INPUT", message, { param: "rows" });
    },
    cost: () => 1,
    async runItems(items, { signal }) {
      let x: Tensor = {
        type: "float32",
        dims: [items.length, width],
        data: Float32Array.from(items.flat()),
      };
      for (const each of legs) x = (await each.run({ x }, ["y"], signal)).y;
      return items.map((_, i) =>
        Array.from(x.data as Float32Array).slice(i * width, (i + 1) * width),
      );
    },
    output: (parts) => parts,
  };
  return change(pipeline);
}

const endpoint: RowsEndpoint = {
  path: "/v1/rows",
  task: rowsTask,
  body: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate(value: any) {
        const sound = Array.isArray(value?.rows) && Object.keys(value).length === 1;
        return sound ? { value } : { issues: [{ message: "Expected rows", path: ["rows"] }] };
      },
    },
  },
  decode: ({ rows: input }) => ({ input }),
  encode: (output) => ({ rows: output.map((row) => Float32Array.from(row)), unit: undefined }),
  stream: {
    event: () => undefined,
    end: (output) => [{ event: "rows", data: { count: output.length } }],
  },
};

/** Writes the folder of a model for it. */
export async function writeRows(folder: string): Promise<void> {
  await writeFile(join(folder, "config.json"), JSON.stringify({ model_type: "rows" }));
  await synthesize({
    file: join(folder, "model.safetensors"),
    build: (weights) => [leg("first", weights), leg("second", weights)],
  });
}

function leg(name: string, weights: Weights): GraphSource {
  const g = graph(name, weights);
  const x = g.input("x", "float32", ["rows", width]);
  return g.output("y", linear(g.at(name), x, width, width)).build({
    workspace: ({ x: [count = 0] = [] }) => 4 * count * width,
  });
}
