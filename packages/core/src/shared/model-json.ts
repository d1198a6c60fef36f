import { KernelError } from "../errors.ts";
import { countJson } from "../json-limits.ts";
import type { JsonParts } from "../json-limits.ts";

/** Bytes of a JSON file, or of a header, that is read. The largest config of a published embedder has 1.2 MB. */
export const maxJsonBytes = 10_000_000;

/** The event loop stands still for 0.15 s at most while JSON within these is parsed. A tensor in a header has four keys. */
const limits = { maxBrackets: 100_000, maxKeys: 100_000, maxCommas: 500_000, maxDepth: 100 };

/** Counts the parts of a file's JSON. LOAD_FAILED when there are more than can be parsed without holding the event loop. */
export function checkParts(json: string, file: string): JsonParts {
  const counting = countJson(json, limits);
  let step = counting.next();
  while (!step.done) step = counting.next();
  if (step.value) return step.value;
  const { maxBrackets, maxKeys, maxCommas, maxDepth } = limits;
  throw new KernelError(
    "LOAD_FAILED",
    `"${file}" holds JSON of more than ${maxBrackets} arrays and objects, ${maxKeys} keys or ${maxCommas} values, or nests them deeper than ${maxDepth}. No published model has as many. Fetch it again.`,
  );
}
