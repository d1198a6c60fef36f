import type { ModelListing } from "@kindred/core";
import { rrdbNetNames } from "../graphs/rrdbnet-names.ts";
import { looseWeights } from "../single-file/loose-files.ts";

/** The files at a model's root that hold weights of ESRGAN's network. */
export function networksIn(model: ModelListing): readonly string[] {
  return looseWeights(model)
    .filter(({ header }) => rrdbNetNames([...header.tensors.keys()]))
    .map(({ file }) => file);
}
