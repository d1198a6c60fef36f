/** config.json as published, but for what says nothing of the network: dropout, the version that wrote it. */
export type PublishedConfig = Readonly<Record<string, unknown>>;

/** Hidden size, layers, heads, and the width of the feed-forward network. */
type Sizes = readonly [number, number, number, number];

const small: Sizes = [384, 12, 12, 1536];
const base: Sizes = [768, 12, 12, 3072];
const large: Sizes = [1024, 24, 16, 4096];

function encoder(
  [hidden_size, num_hidden_layers, num_attention_heads, intermediate_size]: Sizes,
  rest: PublishedConfig,
): PublishedConfig {
  return {
    hidden_act: "gelu",
    hidden_size,
    initializer_range: 0.02,
    intermediate_size,
    num_attention_heads,
    num_hidden_layers,
    ...rest,
  };
}

const bert = (sizes: Sizes, vocab_size: number): PublishedConfig =>
  encoder(sizes, {
    architectures: ["BertModel"],
    layer_norm_eps: 1e-12,
    max_position_embeddings: 512,
    model_type: "bert",
    pad_token_id: 0,
    position_embedding_type: "absolute",
    type_vocab_size: 2,
    use_cache: true,
    vocab_size,
  });

const fairseq = {
  bos_token_id: 0,
  eos_token_id: 2,
  layer_norm_eps: 1e-5,
  max_position_embeddings: 514,
  pad_token_id: 1,
};

const roberta = {
  ...fairseq,
  position_embedding_type: "absolute",
  type_vocab_size: 1,
  use_cache: true,
};

const xlmRoberta = {
  ...roberta,
  architectures: ["XLMRobertaModel"],
  model_type: "xlm-roberta",
  output_past: true,
  vocab_size: 250_002,
};

const jina = (sizes: Sizes): PublishedConfig =>
  encoder(sizes, {
    _name_or_path: "jinaai/jina-bert-implementation",
    architectures: ["JinaBertForMaskedLM"],
    auto_map: {
      AutoConfig: "jinaai/jina-bert-implementation--configuration_bert.JinaBertConfig",
      AutoModel: "jinaai/jina-bert-implementation--modeling_bert.JinaBertModel",
      AutoModelForMaskedLM: "jinaai/jina-bert-implementation--modeling_bert.JinaBertForMaskedLM",
    },
    emb_pooler: "mean",
    feed_forward_type: "geglu",
    layer_norm_eps: 1e-12,
    max_position_embeddings: 8192,
    model_max_length: 8192,
    model_type: "bert",
    pad_token_id: 0,
    position_embedding_type: "alibi",
    torch_dtype: "float16",
    type_vocab_size: 2,
    use_cache: true,
    vocab_size: 30_528,
  });

const english = 30_522;
const chinese = 21_128;

/** By the names of checkpoints. */
export const publishedConfigs: Readonly<Record<string, PublishedConfig>> = {
  "bge-base-en": bert(base, english),
  "bge-base-en-v1.5": {
    ...bert(base, english),
    _name_or_path: "/root/.cache/torch/sentence_transformers/BAAI_bge-base-en/",
  },
  "bge-base-zh": bert(base, chinese),
  "bge-base-zh-v1.5": {
    ...bert(base, chinese),
    _name_or_path: "/root/.cache/torch/sentence_transformers/BAAI_bge-base-zh/",
  },
  "bge-large-en": bert(large, english),
  "bge-large-en-v1.5": {
    ...bert(large, english),
    _name_or_path: "/root/.cache/torch/sentence_transformers/BAAI_bge-large-en/",
  },
  "bge-large-zh": bert(large, chinese),
  "bge-large-zh-noinstruct": bert(large, chinese),
  "bge-large-zh-v1.5": {
    ...bert(large, chinese),
    _name_or_path: "/root/.cache/torch/sentence_transformers/BAAI_bge-large-zh/",
  },
  "bge-small-en-v1.5": {
    ...bert(small, english),
    _name_or_path: "/root/.cache/torch/sentence_transformers/BAAI_bge-small-en/",
  },
  "bge-small-zh": bert([512, 4, 8, 2048], chinese),
  "bge-small-zh-v1.5": {
    ...bert([512, 4, 8, 2048], chinese),
    _name_or_path: "/root/.cache/torch/sentence_transformers/BAAI_bge-small-zh/",
  },
  "e5-large-v2": bert(large, english),
  "gte-base": bert(base, english),
  "gte-large": bert(large, english),
  "jina-embeddings-v2-base-en": jina(base),
  "jina-embeddings-v2-small-en": jina([512, 4, 8, 2048]),
  "multilingual-e5-large": encoder(large, xlmRoberta),

  "bge-m3": encoder(large, { ...xlmRoberta, max_position_embeddings: 8194 }),
  "paraphrase-multilingual-MiniLM-L12-v2": {
    ...bert(small, 250_037),
    _name_or_path: "old_models/paraphrase-multilingual-MiniLM-L12-v2/0_Transformer",
  },
  "all-MiniLM-L6-v2": {
    ...bert([384, 6, 12, 1536], english),
    _name_or_path: "nreimers/MiniLM-L6-H384-uncased",
  },
  "all-distilroberta-v1": encoder([768, 6, 12, 3072], {
    ...roberta,
    _name_or_path: "distilroberta-base",
    architectures: ["RobertaForMaskedLM"],
    model_type: "roberta",
    vocab_size: 50_265,
  }),
  "all-mpnet-base-v2": encoder(base, {
    ...fairseq,
    _name_or_path: "microsoft/mpnet-base",
    architectures: ["MPNetForMaskedLM"],
    model_type: "mpnet",
    relative_attention_num_buckets: 32,
    vocab_size: 30_527,
  }),
  "msmarco-distilbert-base-v4": {
    activation: "gelu",
    architectures: ["DistilBertModel"],
    dim: 768,
    hidden_dim: 3072,
    initializer_range: 0.02,
    max_position_embeddings: 512,
    model_type: "distilbert",
    n_heads: 12,
    n_layers: 6,
    pad_token_id: 0,
    sinusoidal_pos_embds: false,
    tie_weights_: true,
    vocab_size: english,
  },
};
