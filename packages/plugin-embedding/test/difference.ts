import { distance, golden, texts } from "./golden.ts";
import { served } from "./served.ts";
import type { ServedOptions } from "./served.ts";

/** How far vectors may be from the recorded ones, in any dimension. */
export const tolerance = 1e-5;

/** The largest difference between a folder's vectors and the recorded ones, all texts in one request. */
export async function difference(name: string, options: ServedOptions = {}): Promise<number> {
  const { vectors } = golden(name);
  const input = Object.keys(vectors).map((text) => texts[text]!);
  await using model = await served(name, options);
  const found = await model.embed({ input, truncate: true });
  return Math.max(...Object.values(vectors).map((vector, i) => distance(found[i], vector)));
}
