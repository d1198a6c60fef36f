import type { ModelConfig } from "./architecture.ts";
import { customCode } from "./custom-code.ts";

/** Whether a config is of a JinaBERT whose attention normalises queries and keys. Its code's name alone tells it from others. */
export function normalizesQueries(config: ModelConfig): boolean {
  const sources = [customCode(config), config["_name_or_path"]].map(String);
  return sources.some((source) => normalizing.test(source));
}

const normalizing = /jina-bert-v2-qk-|jina-embeddings-v2-base-(code|zh|de|es)\b/;

/** Networks that resemble one that has a graph here, each with a name that its users know. */
const networks: readonly {
  readonly is: (config: ModelConfig) => boolean;
  readonly what: string;
}[] = [
  {
    is: normalizesQueries,
    what: "a JinaBERT that normalises queries and keys, as jina-embeddings-v2-base-code, -zh, -de and -es do",
  },
  {
    is: ({ position_embedding_type: positions, feed_forward_type: layers }) =>
      positions === "alibi" && layers !== "geglu",
    what: "a network with ALiBi whose feed_forward_type is not the geglu of JinaBERT",
  },
];

/** What a config without a graph here is, where it is known by name. */
export function knownNetwork(config: ModelConfig): string | undefined {
  return networks.find(({ is }) => is(config))?.what;
}
