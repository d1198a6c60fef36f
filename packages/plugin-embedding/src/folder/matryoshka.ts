import { validatedNow } from "@kindred/core";
import type { ModelListing } from "@kindred/core";
import * as z from "zod";
import { count, maxWidth } from "@kindred/text-encoders";
import type { Matryoshka } from "../pipeline.ts";

/** Lengths that a config lists; published models list a dozen. */
const maxListed = 1000;

const schema = z.object({
  matryoshka_dimensions: z.array(count(maxWidth)).min(1).max(maxListed).nullish(),
  is_matryoshka: z.boolean().nullish(),
});

/**
 * Reads the fields of `config.json` about shorter vectors, by the names that vLLM reads; `otherwise` when it has none.
 * LOAD_FAILED when they are not sound.
 */
export function matryoshkaOf(model: ModelListing, otherwise: Matryoshka = false): Matryoshka {
  const config = validatedNow(schema, model.json("config.json") ?? {}, {
    code: "LOAD_FAILED",
    what: "config.json is not sound",
  });
  return config.matryoshka_dimensions ?? config.is_matryoshka ?? otherwise;
}
