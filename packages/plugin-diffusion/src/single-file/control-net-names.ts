import { namesOf } from "./names.ts";
import type { Row, StoredName } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";
import { unetNames } from "./unet-names.ts";

/** What precedes the names of a ControlNet in a file of its own, as its authors and others write them. */
const prefixes = ["control_model.", ""];

/** The names of a ControlNet's tensors in a single file, of the original layout or of diffusers'. undefined where it holds none. */
export function controlNetNames(tensors: Tensors): ReadonlyMap<string, StoredName> | undefined {
  if (tensors.has("controlnet_cond_embedding.conv_in.weight"))
    return new Map([...tensors.keys()].map((stored) => [stored, { stored }]));
  const prefix = prefixes.find((each) => tensors.has(`${each}input_hint_block.0.weight`));
  if (prefix === undefined) return undefined;
  const table = unetNames(tensors, prefix);
  const rows = [...table.rows, ...ownRows(tensors, prefix)];
  return namesOf(tensors.keys(), { ...table, rows });
}

/** What a ControlNet has beside its UNet's first half. The original counts the activations between the picture's convolutions, too. */
function ownRows(tensors: Tensors, prefix: string): readonly Row[] {
  let last = 0;
  while (tensors.has(`${prefix}input_hint_block.${last + 2}.weight`)) last += 2;
  const embedding = "controlnet_cond_embedding";
  return [
    [/^input_hint_block\.0\./, `${embedding}.conv_in.`],
    [new RegExp(`^input_hint_block\\.${last}\\.`), `${embedding}.conv_out.`],
    [/^input_hint_block\.(\d+)\./, (_, n) => `${embedding}.blocks.${Number(n) / 2 - 1}.`],
    [/^zero_convs\.(\d+)\.0\./, "controlnet_down_blocks.$1."],
    [/^middle_block_out\.0\./, "controlnet_mid_block."],
  ];
}
