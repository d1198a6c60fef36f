import type { ModelListing } from "@kindred/core";
import { rrdbNetNames } from "../graphs/rrdbnet-names.ts";
import { headerOf, looseFiles } from "../single-file/single-file.ts";

/** The files at a model's root that hold weights of ESRGAN's network. */
export function networksIn(model: ModelListing): readonly string[] {
  return looseFiles(model).filter((file) => {
    const header = headerOf(model, file);
    return header && !(header instanceof Error) && rrdbNetNames([...header.tensors.keys()]);
  });
}
