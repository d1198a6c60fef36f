import type { ModelListing } from "@kindred/core";
import type { ControlNetConfig } from "../graphs/control-net-config.ts";
import type { UNetConfig } from "../graphs/unet-config.ts";
import { controlNetNames } from "./control-net-names.ts";
import { looseWeights } from "./loose-files.ts";
import type { StoredName } from "./names.ts";
import { renamedTensors } from "./renamed-tensors.ts";
import type { Tensors } from "./renamed-tensors.ts";

/** A ControlNet in one file, which has no config. */
export interface ControlNetFile {
  readonly file: string;
  /** Where its tensors are, by diffusers' names. */
  readonly names: ReadonlyMap<string, StoredName>;
  readonly tensors: Tensors;
}

/** The ControlNets among the files at the root of a model that has no config there. */
export function controlNetFilesIn(model: ModelListing): readonly ControlNetFile[] {
  return looseWeights(model).flatMap(({ file, header: { tensors } }) => {
    const names = controlNetNames(tensors);
    return names ? [{ file, names, tensors: renamedTensors(tensors, names) }] : [];
  });
}

/** Its config, as it is made for a base model. A file does not say that residuals are pooled: its name does, as for the authors' own tools. */
export function configOfFile(
  { file, tensors }: ControlNetFile,
  base: UNetConfig,
): ControlNetConfig {
  const channels = (name: string, axis: number) => tensors.get(`${name}.weight`)?.shape[axis] ?? 0;
  const embedding = "controlnet_cond_embedding";
  const widths = [channels(`${embedding}.conv_in`, 0)];
  while (tensors.has(`${embedding}.blocks.${2 * widths.length - 1}.weight`))
    widths.push(channels(`${embedding}.blocks.${2 * widths.length - 1}`, 0));
  return {
    ...base,
    in_channels: channels("conv_in", 1),
    time_cond_proj_dim: null,
    hint: { channels: channels(`${embedding}.conv_in`, 1), widths, reversed: false },
    poolsResiduals: /shuffle/i.test(file),
  };
}
