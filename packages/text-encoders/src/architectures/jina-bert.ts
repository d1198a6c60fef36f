import { KernelError } from "@kindred/core";
import type { Weights } from "@kindred/core/onnx";
import * as z from "zod";
import { jinaBertGraph } from "../graphs/jina-bert.ts";
import type { Architecture } from "./architecture.ts";
import { customCode } from "./custom-code.ts";
import { encoderConfig } from "./encoder-config.ts";
import { encoderFacts } from "./encoder-facts.ts";
import { normalizesQueries } from "./known-networks.ts";

/**
 * JinaBERT (Günther et al. 2023, arXiv:2310.19923), as `JinaBertModel` of jinaai/jina-bert-implementation has it. It says
 * `model_type: "bert"`. That code is never run.
 */
export const jinaBert: Architecture = {
  name: "jina-bert",

  matches: (config) =>
    config.model_type === "bert" &&
    network.safeParse(config).success &&
    /\bJinaBert\w+$/.test(customCode(config) ?? "JinaBertModel") &&
    !normalizesQueries(config),

  read: (config) => encoderFacts(encoderConfig(config, "JinaBERT")),

  graph(config, weights, head, options) {
    checkWeights(weights);
    return jinaBertGraph(encoderConfig(config, "JinaBERT"), weights, head, options);
  },
};

/** What published models say, and the code's own defaults do not. */
const network = z.object({
  position_embedding_type: z.literal("alibi"),
  feed_forward_type: z.literal("geglu"),
  is_decoder: z.literal(false).nullish(),
});

/** Refuses norms of queries and keys, which the code of a folder's own may have where its config says nothing. */
function checkWeights({ names, folder }: Weights): void {
  const norm = names.find((name) => /\blayer_norm_[qk]\./.test(name));
  if (norm === undefined) return;
  const message = `"${folder}" has the weight "${norm}": it is a JinaBERT that normalises queries and keys, as jina-embeddings-v2-base-code, -zh, -de and -es do, which has no graph here. Serve its ONNX export: launch it with options: { onnx: "model.onnx" }.`;
  throw new KernelError("LOAD_FAILED", message);
}
