import type { ModelListing, WeightsHeader } from "@kindred/core";
import type { Unserved } from "../architectures/unserved.ts";
import { networksIn } from "../upscaling/networks-in.ts";
import { contentsOf, kinds } from "./kinds.ts";
import { headerOf, looseFiles, looseWeights } from "./loose-files.ts";
import { missingParts } from "./missing-parts.ts";
import { checkpointsIn } from "./single-file.ts";

/**
 * Says of a file without a config, or a folder with such files at its root, which kind of weights it is, by their
 * names. undefined when there is none of a known kind.
 */
export function unservedFile(model: ModelListing): Unserved | undefined {
  const checkpoints = checkpointsIn(model);
  const networks = networksIn(model);
  if (checkpoints.length > 1) {
    return several(
      "checkpoints",
      checkpoints.map(({ file }) => file),
    );
  }
  if (networks.length > 1) return several("upscalers", networks);
  for (const { file, header } of looseWeights(model)) {
    const known = kindOf(header, file);
    if (known) return known;
  }
  return undefined;
}

function several(what: string, files: readonly string[]): Unserved {
  return {
    what: `holds ${files.length} ${what}, ${files.join(", ")}`,
    advice: "Launch one of the files instead of their folder.",
  };
}

function kindOf({ tensors }: WeightsHeader, file: string): Unserved | undefined {
  const contents = contentsOf(tensors);
  const kind = kinds.find((each) => each.is(contents));
  if (kind) {
    return { what: `is ${kind.what} (${file})`, advice: kind.advice.replaceAll("FILE", file) };
  }
  const missing = missingParts(contents) ?? [];
  if (missing.length === 0) return undefined;
  return {
    what: `is a checkpoint without ${missing.join(" and without ")} (${file})`,
    advice: "Launch one that has all parts, or a folder of diffusers'.",
  };
}

/** Says why a file without a config is not read, which is of no known kind. undefined when there is none. */
export function unknownFile(model: ModelListing): Unserved | undefined {
  const checkpoints = checkpointsIn(model).map(({ file }) => file);
  const [first] = looseFiles(model).filter((each) => !checkpoints.includes(each));
  const header = first === undefined ? undefined : headerOf(model, first);
  if (header === undefined) return undefined;
  if (header instanceof Error) {
    return { what: `holds weights that cannot be read (${first})`, advice: header.message };
  }
  const names = [...header.tensors.keys()].slice(0, 3);
  const begin = names.length > 0 ? `they begin with ${names.join(", ")}` : "there are none";
  return {
    what: `holds weights without a config whose names are not known (${first}: ${begin})`,
    advice: "Launch the folder that they were published in.",
  };
}
