import type { Architecture } from "./architecture.ts";
import { bert } from "./bert.ts";
import { modernBert } from "./modernbert.ts";
import { nomicBert } from "./nomic-bert.ts";
import { qwen3 } from "./qwen3.ts";

/** The architectures that have a graph here. */
export const allArchitectures: readonly Architecture[] = [bert, modernBert, nomicBert, qwen3];
