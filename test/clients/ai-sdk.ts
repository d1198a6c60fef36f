import type { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { embed, embedMany } from "ai";
import { expect, test } from "vitest";
import { model } from "./embedding-server.ts";
import { expectVectors, promises, texts } from "./promises.ts";

export interface Sdk {
  readonly createOpenAICompatible: typeof createOpenAICompatible;
  readonly embed: typeof embed;
  readonly embedMany: typeof embedMany;
}

/** The tests of one generation of the AI SDK; undefined is not installed. */
export function aiSdk(name: string, sdk: Sdk | undefined): void {
  const { createOpenAICompatible, embed, embedMany } = sdk ?? ({} as Sdk);
  const provider = (baseURL: string) => createOpenAICompatible({ name: "kindred", baseURL });
  promises(
    name,
    sdk &&
      (async (url, values, { model, dimensions, timeout }) => {
        const { embeddings } = await embedMany({
          model: provider(url).embeddingModel(model),
          values: [...values],
          providerOptions: { kindred: { ...(dimensions && { dimensions }) } },
          ...(timeout && { abortSignal: AbortSignal.timeout(timeout) }),
        });
        return embeddings;
      }),
    (server) => {
      test("embed gives one vector, and its tokens", async () => {
        const { embedding, usage } = await embed({
          model: provider(server().url).embeddingModel(model),
          value: "a red fox",
        });
        expectVectors([embedding], await server().vectors(["a red fox"]));
        expect(usage.tokens).toBe(6);
      });

      test("embedMany splits more texts than a request takes, and joins their vectors", async () => {
        const values = Array.from({ length: 2050 }, (_, i) => texts[i % 2]!);
        const { embeddings, usage } = await embedMany({
          model: provider(server().url).embeddingModel(model),
          values,
        });
        expect(server().requests).toHaveLength(2);
        const [even, odd] = await server().vectors(texts.slice(0, 2));
        expectVectors(
          embeddings,
          values.map((_, i) => (i % 2 === 0 ? even! : odd!)),
        );
        expect(usage.tokens).toBeGreaterThan(2050 * 3);
      });
    },
  );
}
