import type { TokenizerConfig } from "./tokenizer-config.ts";

/** The fields of a model's `config.json` that choose its tokenizer. */
export interface ModelConfig {
  readonly model_type?: string;
  readonly tokenizer_class?: string | null;
}

/** The class that takes `tokenizer.json` as it is. */
const asPublished = "TokenizersBackend";

const wordPieceNames = [
  "BertTokenizer",
  "ConvBertTokenizer",
  "DPRContextEncoderTokenizer",
  "DPRQuestionEncoderTokenizer",
  "DPRReaderTokenizer",
  "DistilBertTokenizer",
  "ElectraTokenizer",
  "LayoutLMTokenizer",
  "LxmertTokenizer",
  "MobileBertTokenizer",
  "SqueezeBertTokenizer",
];

/** BERT's tokenizer under all its names. */
export const wordPieceClasses: ReadonlySet<string> = new Set(wordPieceNames);

/** Classes that take vocabulary and added tokens of `tokenizer.json` and build the rest themselves. */
export const buildingClasses: ReadonlySet<string> = new Set([
  ...wordPieceNames,
  "AlbertTokenizer",
  "BartTokenizer",
  "BigBirdTokenizer",
  "CLIPTokenizer",
  "CamembertTokenizer",
  "DebertaTokenizer",
  "DebertaV2Tokenizer",
  "FunnelTokenizer",
  "GPT2Tokenizer",
  "GPTNeoXTokenizer",
  "GemmaTokenizer",
  "LlamaTokenizer",
  "LongformerTokenizer",
  "MBartTokenizer",
  "MPNetTokenizer",
  "NllbTokenizer",
  "Qwen2Tokenizer",
  "RemBertTokenizer",
  "RoFormerTokenizer",
  "RobertaTokenizer",
  "T5Tokenizer",
  "XLMRobertaTokenizer",
  "XLNetTokenizer",
]);

/** The classes of models' types, as far as text encoders have them. */
const classesOfTypes: ReadonlyMap<string | undefined, string> = new Map([
  ["bert", "BertTokenizer"],
  ["convbert", "BertTokenizer"],
  ["distilbert", "BertTokenizer"],
  ["dpr", "BertTokenizer"],
  ["electra", "BertTokenizer"],
  ["ernie", "BertTokenizer"],
  ["megatron-bert", "BertTokenizer"],
  ["mobilebert", "BertTokenizer"],
  ["nezha", "BertTokenizer"],
  ["nomic_bert", "BertTokenizer"],
  ["squeezebert", "BertTokenizer"],
  ["gte", "XLMRobertaTokenizer"],
  ["jina_embeddings_v3", "XLMRobertaTokenizer"],
  ["xlm-roberta", "XLMRobertaTokenizer"],
  ["xmod", "XLMRobertaTokenizer"],
  ["modernbert", asPublished],
]);

/**
 * The class with which transformers' AutoTokenizer opens a folder: the one that `tokenizer_config.json` names, else
 * `config.json`, else the one of the model's type. undefined when nothing tells.
 */
export function tokenizerClass(config: TokenizerConfig, model: ModelConfig): string | undefined {
  const ofType = classesOfTypes.get(model.model_type);
  // Published ModernBERT folders name wrong classes.
  if (ofType === asPublished) return asPublished;
  const named = config.tokenizer_class || model.tokenizer_class || ofType;
  if (!named) return undefined;
  const name = String(named).replace(/Fast$/, "");
  return name === "PreTrainedTokenizer" ? asPublished : name;
}
