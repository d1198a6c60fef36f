import { named } from "@kindred/text-encoders";
import type { RerankFamily } from "../family.ts";

/** Cross-encoders that sentence-transformers trained on MS MARCO (Bajaj et al. 2016, arXiv:1611.09268). They are BERTs. */
export const msMarco: RerankFamily = {
  name: "ms-marco",
  match: named(/(^|[_-])ms-?marco-/i),
  defaults: {},
  checkpoints: [
    "MiniLM-L2-v2",
    "MiniLM-L4-v2",
    "MiniLM-L6-v2",
    "MiniLM-L12-v2",
    "TinyBERT-L2-v2",
  ].map((size) => ({
    name: `ms-marco-${size}`,
    aliases: aliasesOf(size),
    repo: `cross-encoder/ms-marco-${size}`,
    revision: "main",
    license: "Apache-2.0",
  })),
};

/** Their repositories were called "ms-marco-MiniLM-L-6-v2" until 2025. */
function aliasesOf(size: string): readonly string[] {
  const name = `ms-marco-${size.replace(/-L(\d+)/, "-L-$1")}`;
  return [name, `cross-encoder/${name}`];
}
