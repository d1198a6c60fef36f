import type { Architecture } from "./architecture.ts";
import { bert } from "./bert.ts";
import { distilbert } from "./distilbert.ts";
import { mpnet } from "./mpnet.ts";
import { roberta } from "./roberta.ts";

/** The architectures that have a graph here. */
export const allArchitectures: readonly Architecture[] = [bert, ...roberta, mpnet, distilbert];
