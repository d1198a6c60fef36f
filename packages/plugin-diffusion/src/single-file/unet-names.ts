import type { NameTable, Row } from "./names.ts";
import type { Tensors } from "./renamed-tensors.ts";

/** What precedes the names of a UNet in a file of a whole checkpoint. */
const checkpointPrefix = "model.diffusion_model.";

const shared: readonly Row[] = [
  [/^time_embed\.0\./, "time_embedding.linear_1."],
  [/^time_embed\.2\./, "time_embedding.linear_2."],
  [/^label_emb\.0\.0\./, "add_embedding.linear_1."],
  [/^label_emb\.0\.2\./, "add_embedding.linear_2."],
  [/^input_blocks\.0\.0\./, "conv_in."],
  [/^out\.0\./, "conv_norm_out."],
  [/^out\.2\./, "conv_out."],
  [/^middle_block\.0\./, "mid_block.resnets.0."],
  [/^middle_block\.1\./, "mid_block.attentions.0."],
  [/^middle_block\.2\./, "mid_block.resnets.1."],
];

/** The names within a ResnetBlock2D. */
const resnet: readonly Row[] = [
  [/(\.resnets\.\d+)\.in_layers\.0\./, "$1.norm1."],
  [/(\.resnets\.\d+)\.in_layers\.2\./, "$1.conv1."],
  [/(\.resnets\.\d+)\.emb_layers\.1\./, "$1.time_emb_proj."],
  [/(\.resnets\.\d+)\.out_layers\.0\./, "$1.norm2."],
  [/(\.resnets\.\d+)\.out_layers\.3\./, "$1.conv2."],
  [/(\.resnets\.\d+)\.skip_connection\./, "$1.conv_shortcut."],
];

/**
 * The names of a UNet. The original numbers its blocks through: a block is a resnet with or without attention, and also
 * what halves the size. diffusers numbers levels, and layers within them.
 */
export function unetNames(tensors: Tensors, prefix: string = checkpointPrefix): NameTable {
  const layers = layersByLevel(tensors, prefix);
  const down = layers.flatMap((count, level) => places(count, level));
  const up = layers.toReversed().flatMap((count, level) => places(count, level));
  const at = (blocks: readonly Place[], n: string) => blocks[Number(n)] ?? { level: 0, layer: n };
  const blocks: readonly Row[] = [
    [
      /^input_blocks\.(\d+)\.0\.op\./,
      (_, n) => `down_blocks.${at(down, `${Number(n) - 1}`).level}.downsamplers.0.conv.`,
    ],
    [
      /^input_blocks\.(\d+)\.([01])\./,
      (_, n, kind) => layerName("down_blocks", at(down, `${Number(n) - 1}`), kind),
    ],
    [
      /^output_blocks\.(\d+)\.[12]\.conv\./,
      (_, n) => `up_blocks.${at(up, n).level}.upsamplers.0.conv.`,
    ],
    [/^output_blocks\.(\d+)\.([01])\./, (_, n, kind) => layerName("up_blocks", at(up, n), kind)],
  ];
  return { prefix, own: /./, rows: [...shared, ...blocks, ...resnet] };
}

interface Place {
  readonly level: number;
  readonly layer: number | string;
}

/** On the way down a level has its layers, and what halves the size; on the way up one layer more. */
function places(layers: number, level: number): readonly Place[] {
  return Array.from({ length: layers + 1 }, (_, layer) => ({ level, layer }));
}

function layerName(blocks: string, { level, layer }: Place, kind: string | undefined): string {
  return `${blocks}.${level}.${kind === "0" ? "resnets" : "attentions"}.${layer}.`;
}

/** The number of resnets of each level on the way down. */
function layersByLevel(tensors: Tensors, prefix: string): readonly number[] {
  const layers = [0];
  for (let n = 1; ; n++) {
    const block = `${prefix}input_blocks.${n}.0`;
    if (tensors.has(`${block}.op.weight`)) layers.push(0);
    else if (tensors.has(`${block}.in_layers.2.weight`)) layers[layers.length - 1]!++;
    else return layers;
  }
}
