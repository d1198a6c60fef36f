import type { Tensors } from "./renamed-tensors.ts";

/** Facts of a UNet that shapes do not tell. */
export interface UNetFacts {
  /** Attention heads of a level of so many channels. */
  heads(channels: number): number;
  /** Height and width of the training, in pixels. */
  readonly size: number;
}

/** Values of all of Stable Diffusion 1, 2 and XL. */
const textHeadChannels = 64;
const groups = 32;
/** Pixels along a side of a latent's. */
const latentFactor = 8;
/** Width of the sinusoids of each number of XL's micro-conditioning. */
const timeIdWidth = 256;

/**
 * `unet/config.json`, by the names and shapes of the tensors in diffusers' layout. A tensor that is missing leaves a field
 * out; the graph then says which one it needs.
 */
export function unetJson(tensors: Tensors, { heads, size }: UNetFacts): object {
  const added = dim(tensors, "add_embedding.linear_1.weight", 1);
  const channels = levels(tensors, "down_blocks");
  const middle = transformers(tensors, "mid_block");
  const down = channels.map((_, i) => transformers(tensors, `down_blocks.${i}`));
  const up = channels.map((_, i) => transformers(tensors, `up_blocks.${i}`));
  const attention = "mid_block.attentions.0";
  return {
    _class_name: "UNet2DConditionModel",
    sample_size: size / latentFactor,
    in_channels: dim(tensors, "conv_in.weight", 1),
    out_channels: dim(tensors, "conv_out.weight", 0),
    block_out_channels: channels,
    layers_per_block: channels.map((_, i) => count(tensors, `down_blocks.${i}.resnets`)),
    down_block_types: down.map((depth) => (depth > 0 ? "CrossAttnDownBlock2D" : "DownBlock2D")),
    up_block_types: up.map((depth) => (depth > 0 ? "CrossAttnUpBlock2D" : "UpBlock2D")),
    transformer_layers_per_block: down.map((depth) => depth || middle),
    cross_attention_dim: dim(tensors, `${attention}.transformer_blocks.0.attn2.to_k.weight`, 1),
    attention_head_dim: channels.map(heads),
    use_linear_projection: tensors.get(`${attention}.proj_in.weight`)?.shape.length === 2,
    norm_num_groups: groups,
    ...(added !== undefined && {
      addition_embed_type: "text_time",
      addition_time_embed_dim: timeIdWidth,
      projection_class_embeddings_input_dim: added,
    }),
  };
}

/** `vae/config.json`. The decoder tells it: some files have no encoder. */
export function vaeJson(tensors: Tensors, scalingFactor: number): object {
  const channels = levels(tensors, "decoder.up_blocks");
  return {
    _class_name: "AutoencoderKL",
    out_channels: dim(tensors, "decoder.conv_out.weight", 0),
    latent_channels: dim(tensors, "decoder.conv_in.weight", 1),
    block_out_channels: channels.toReversed(),
    down_block_types: channels.map(() => "DownEncoderBlock2D"),
    up_block_types: channels.map(() => "UpDecoderBlock2D"),
    layers_per_block: count(tensors, "decoder.up_blocks.0.resnets") - 1,
    norm_num_groups: groups,
    mid_block_add_attention: tensors.has("decoder.mid_block.attentions.0.to_q.weight"),
    use_quant_conv: tensors.has("quant_conv.weight"),
    use_post_quant_conv: tensors.has("post_quant_conv.weight"),
    scaling_factor: scalingFactor,
  };
}

/** The config of a text encoder of this activation. */
export function textJson(tensors: Tensors, activation: "quick_gelu" | "gelu"): object {
  const tokens = "text_model.embeddings.token_embedding.weight";
  const positions = "text_model.embeddings.position_embedding.weight";
  const width = dim(tensors, tokens, 1) ?? 0;
  const projection = dim(tensors, "text_projection", 1);
  return {
    architectures: [projection === undefined ? "CLIPTextModel" : "CLIPTextModelWithProjection"],
    projection_dim: projection,
    vocab_size: dim(tensors, tokens, 0),
    max_position_embeddings: dim(tensors, positions, 0),
    hidden_size: width,
    intermediate_size: dim(tensors, "text_model.encoder.layers.0.mlp.fc1.weight", 0),
    num_hidden_layers: count(tensors, "text_model.encoder.layers"),
    num_attention_heads: width / textHeadChannels,
    hidden_act: activation,
    eos_token_id: 2,
  };
}

/** The channels of each level of blocks. */
function levels(tensors: Tensors, blocks: string): readonly number[] {
  const channels: number[] = [];
  for (;;) {
    const found = dim(tensors, `${blocks}.${channels.length}.resnets.0.conv1.weight`, 0);
    if (found === undefined) return channels;
    channels.push(found);
  }
}

/** The number of transformer blocks of a level's first attention; 0 when it has none. */
function transformers(tensors: Tensors, block: string): number {
  return count(tensors, `${block}.attentions.0.transformer_blocks`);
}

/** The number of modules in a list of them. */
function count(tensors: Tensors, list: string): number {
  const found = new Set<string>();
  for (const name of tensors.keys()) {
    if (name.startsWith(`${list}.`)) found.add(name.slice(list.length + 1).split(".", 1)[0]!);
  }
  return found.size;
}

function dim(tensors: Tensors, name: string, axis: number): number | undefined {
  return tensors.get(name)?.shape[axis];
}
