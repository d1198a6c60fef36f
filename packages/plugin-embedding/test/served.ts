import { createKernel } from "@kindred/core";
import type { Kernel, LoadContext, ModelInfo, Plugin } from "@kindred/core";
import { asModelFamily, embedding, embeddingTask } from "@kindred/plugin-embedding";
import type { EmbeddingRequest, Embeddings } from "@kindred/plugin-embedding";
import type { Architecture } from "@kindred/text-encoders";
import type { EmbeddingPipeline } from "../src/pipeline.ts";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";

export interface ServedOptions extends FixtureOptions {
  /** Default: the fixture's name. */
  readonly id?: string;
  /** The family that the launch names. Default: none. */
  readonly family?: string;
  /** The only architecture, in place of ours: a mistake in a graph. */
  readonly architecture?: Architecture;
  /** Whether all texts of a request share a run, however their lengths differ. Default false: as the pipeline's costs have it. */
  readonly together?: boolean;
  /** Launch options. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Served extends AsyncDisposable {
  readonly kernel: Kernel;
  readonly info: ModelInfo;
  /** The vectors of a request that asks for floats. */
  embed(request: EmbeddingRequest): Promise<readonly Float32Array[]>;
  answer(request: EmbeddingRequest): Promise<Embeddings>;
}

/** A fixture's model in a kernel of its own. */
export async function served(name: string, options: ServedOptions = {}): Promise<Served> {
  const folder = await fixture(name, options);
  const { id = name, family, architecture, together = false } = options;
  const plugin = architecture ? brought(architecture) : embedding();
  const kernel = await createKernel({
    plugins: [together ? inOneRun(plugin) : plugin],
    models: [
      { id, source: folder.path, options: options.options ?? {}, ...(family && { family }) },
    ],
  });
  const answer = (request: EmbeddingRequest): Promise<Embeddings> =>
    kernel.run(embeddingTask, id, request);
  return {
    kernel,
    info: kernel.models()[0]!,
    embed: async (request) => (await answer(request)).vectors as readonly Float32Array[],
    answer,
    async [Symbol.asyncDispose]() {
      await kernel[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A plugin of one family, whose models are of this architecture. */
function brought(architecture: Architecture): Plugin {
  const family = asModelFamily({
    name: "brought",
    match: () => "own",
    architectures: [architecture],
    defaults: { pooling: "mean", normalize: true },
  });
  return { contract: 1, name: "brought", families: [family] };
}

/** The plugin with one cost for every text, so that they share a run however their lengths differ. */
export function inOneRun(plugin: Plugin): Plugin {
  const families = plugin.families!.map((family) => ({
    ...family,
    async load(context: LoadContext<any, any>) {
      const pipeline = (await family.load(context)) as EmbeddingPipeline;
      return { ...pipeline, cost: () => 1 };
    },
  }));
  return { ...plugin, families };
}
