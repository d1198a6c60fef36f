import type { Dims } from "@kindred/core";
import type { BuiltGraph, GraphBuilder, Value, Weights } from "@kindred/core/onnx";
import {
  add,
  attention,
  cast,
  embedding,
  gelu,
  graph,
  layerNorm,
  linear,
  quickGelu,
  reshape,
  shapeOf,
  slice,
} from "@kindred/core/onnx";
import type { ClipTextConfig } from "./clip-text-config.ts";

/**
 * CLIP's text encoder (arXiv 2103.00020), equal to transformers' CLIPTextModel. Input `input_ids` int64 [batch, sequence].
 * Outputs, float32 [batch, sequence, hidden_size]: `last_hidden_state`; `hidden_states.i` after i layers, before the final
 * norm; `clip_skip.i` without the last i layers, after it. Further `pooler_output` [batch, hidden_size] and, for a config
 * with a projection, `text_embeds` [batch, projection_dim]. `name` is the graph's.
 */
export function clipText(
  config: ClipTextConfig,
  weights: Weights,
  name = "text_encoder",
): BuiltGraph {
  const g = graph(name, weights);
  const prefix = "text_model";
  const text = g.has(`${prefix}.final_layer_norm.weight`) ? g.at(prefix) : g;

  const ids = g.input("input_ids", "int64", ["batch", "sequence"]);
  const embedded = embeddings(text.at("embeddings"), ids, config);
  const shape = shapeOf(g, embedded);

  const states = [reshape(g, embedded, [-1, config.hidden_size])];
  for (let i = 0; i < config.num_hidden_layers; i++)
    states.push(layer(text.at(`encoder.layers.${i}`), states[i]!, shape, config));

  const last = config.num_hidden_layers;
  for (const [i, state] of states.entries()) {
    const norm = layerNorm(
      text.at("final_layer_norm"),
      state,
      config.hidden_size,
      config.layer_norm_eps,
    );
    g.output(`hidden_states.${i}`, reshape(g, state, shape));
    const skipped = last - i;
    g.output(skipped === 0 ? "last_hidden_state" : `clip_skip.${skipped}`, reshape(g, norm, shape));
    if (i === last) pool(g, ids, reshape(g, norm, shape), config);
  }
  return g.build({ workspace: workspace(config) });
}

function embeddings(g: GraphBuilder, ids: Value, config: ClipTextConfig): Value {
  const { vocab_size, hidden_size, max_position_embeddings } = config;
  const tokens = embedding(g.at("token_embedding"), ids, vocab_size, hidden_size);
  const table = g.weight("position_embedding.weight", [max_position_embeddings, hidden_size]);
  const sequence = slice(g, shapeOf(g, ids), { start: 1, end: 2 });
  const positions = g.node("Slice", [table, g.int64([0]), sequence]);
  return add(g, tokens, positions);
}

/** One transformer layer over x [batch · sequence, hidden_size]. `shape` is [batch, sequence, hidden_size], the states'. */
function layer(g: GraphBuilder, x: Value, shape: Value, config: ClipTextConfig): Value {
  const { hidden_size: width, intermediate_size, layer_norm_eps } = config;
  const attended = selfAttention(
    g.at("self_attn"),
    layerNorm(g.at("layer_norm1"), x, width, layer_norm_eps),
    shape,
    config,
  );
  const y = add(g, x, attended);
  const inner = linear(
    g.at("mlp.fc1"),
    layerNorm(g.at("layer_norm2"), y, width, layer_norm_eps),
    width,
    intermediate_size,
  );
  return add(g, y, linear(g.at("mlp.fc2"), activation(g, inner, config), intermediate_size, width));
}

function selfAttention(g: GraphBuilder, x: Value, shape: Value, config: ClipTextConfig): Value {
  const { hidden_size: width, num_attention_heads: heads } = config;
  const project = (name: string) => reshape(g, linear(g.at(name), x, width, width), shape);
  const mixed = attention(g, {
    query: project("q_proj"),
    key: project("k_proj"),
    value: project("v_proj"),
    heads,
    causal: true,
  });
  return linear(g.at("out_proj"), reshape(g, mixed, [-1, width]), width, width);
}

function activation(g: GraphBuilder, x: Value, config: ClipTextConfig): Value {
  return config.hidden_act === "gelu" ? gelu(g, x) : quickGelu(g, x);
}

function pool(g: GraphBuilder, ids: Value, states: Value, config: ClipTextConfig): void {
  const position = g.node("ArgMax", [endOfText(g, ids, config)], { axis: -1, keepdims: 1 });
  const pooled = g.node("GatherND", [states, position], { batch_dims: 1 });
  g.output("pooler_output", pooled);
  if (config.projection_dim === undefined) return;
  g.output("text_embeds", projected(g, pooled, config.hidden_size, config.projection_dim));
}

/** OpenCLIP stores the projection [input, output], transformers the other way round. */
function projected(g: GraphBuilder, pooled: Value, input: number, output: number): Value {
  if (!g.has("text_projection"))
    return linear(g.at("text_projection"), pooled, input, output, { bias: false });
  return g.node("MatMul", [pooled, g.weight("text_projection", [input, output])]);
}

/** Highest at the end of the text. Early configs say 2 and mean the highest id of the vocabulary. */
function endOfText(g: GraphBuilder, ids: Value, config: ClipTextConfig): Value {
  const { eos_token_id: eos } = config;
  const ends = eos === 2 ? ids : g.node("Equal", [ids, g.int64([eos])]);
  return cast(g, ends, "int32");
}

/** Bytes of activations: every state is held twice for the outputs, and a layer's scores are [heads, sequence, sequence]. */
function workspace(config: ClipTextConfig): (dims: Dims) => number {
  const { hidden_size, intermediate_size, num_hidden_layers, num_attention_heads } = config;
  const kept = 2 * (num_hidden_layers + 1) * hidden_size;
  return ({ input_ids = [] }) => {
    const [batch = 1, sequence = config.max_position_embeddings] = input_ids;
    const layer = 6 * hidden_size + 2 * intermediate_size + num_attention_heads * sequence;
    return 4 * batch * sequence * (kept + layer);
  };
}
