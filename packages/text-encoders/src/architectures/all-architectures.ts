import type { Architecture } from "./architecture.ts";
import { bert } from "./bert.ts";
import { distilbert } from "./distilbert.ts";
import { jinaBert } from "./jina-bert.ts";
import { modernBert } from "./modernbert.ts";
import { mpnet } from "./mpnet.ts";
import { nomicBert } from "./nomic-bert.ts";
import { qwen3 } from "./qwen3.ts";
import { roberta } from "./roberta.ts";

/** The architectures that have a graph here. */
export const allArchitectures: readonly Architecture[] = [
  bert,
  ...roberta,
  mpnet,
  distilbert,
  jinaBert,
  modernBert,
  nomicBert,
  qwen3,
];
