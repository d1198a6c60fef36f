import { createKernel } from "@kindred/core";
import type { Kernel, ModelInfo } from "@kindred/core";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import type { EmbeddingRequest, Embeddings } from "@kindred/plugin-embedding";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";

export interface ServedOptions extends FixtureOptions {
  /** Default: the fixture's name. */
  readonly id?: string;
  /** The family that the launch names. Default: none. */
  readonly family?: string;
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
  const { id = name, family } = options;
  const kernel = await createKernel({
    plugins: [embedding()],
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
