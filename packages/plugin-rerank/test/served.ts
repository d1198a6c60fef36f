import { createKernel } from "@kindred/core";
import type { Kernel, ModelInfo } from "@kindred/core";
import { rerank, rerankTask } from "@kindred/plugin-rerank";
import type { Ranking, RerankRequest } from "@kindred/plugin-rerank";
import { fixture } from "./fixture.ts";
import type { FixtureOptions } from "./fixture.ts";

export interface ServedOptions extends FixtureOptions {
  /** Default: "model". */
  readonly id?: string;
  /** The family that the launch names. Default: none. */
  readonly family?: string;
  /** Launch options. */
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Served extends AsyncDisposable {
  readonly kernel: Kernel;
  readonly info: ModelInfo;
  rank(request: RerankRequest): Promise<Ranking>;
  /** The scores in the order of the documents. */
  score(request: RerankRequest): Promise<readonly number[]>;
}

/** A fixture's model in a kernel of its own. */
export async function served(name: string, options: ServedOptions = {}): Promise<Served> {
  const folder = await fixture(name, options);
  const { id = "model", family } = options;
  const kernel = await createKernel({
    plugins: [rerank()],
    models: [
      { id, source: folder.path, options: options.options ?? {}, ...(family && { family }) },
    ],
  });
  const rank = (request: RerankRequest): Promise<Ranking> => kernel.run(rerankTask, id, request);
  return {
    kernel,
    info: kernel.models()[0]!,
    rank,
    async score(request) {
      const { results } = await rank(request);
      return results.toSorted((one, other) => one.index - other.index).map(({ score }) => score);
    },
    async [Symbol.asyncDispose]() {
      await kernel[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
