import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { synthesize } from "@kindred/core/testing";
import { bert } from "@kindred/text-encoders";
import { pieces } from "./vocabulary.js";

const cache = fileURLToPath(new URL(".cache", import.meta.url));
const script = fileURLToPath(new URL("export.py", import.meta.url));

const bert512 = {
  architectures: ["BertModel"],
  hidden_act: "gelu",
  layer_norm_eps: 1e-12,
  max_position_embeddings: 512,
  model_type: "bert",
  num_attention_heads: 12,
  num_hidden_layers: 12,
  pad_token_id: 0,
  type_vocab_size: 2,
  vocab_size: 30_522,
};

/** The geometries that are measured, by the names of the models that have them. */
export const geometries = {
  "bge-small-en-v1.5": { ...bert512, hidden_size: 384, intermediate_size: 1536 },
  "bge-base-en-v1.5": { ...bert512, hidden_size: 768, intermediate_size: 3072 },
};

const tokens = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
};

/** A folder in the form in which such a model is published, with synthetic weights and vocabulary. Made once. */
export async function modelFolder(name) {
  const config = geometries[name];
  const folder = join(cache, name);
  if (existsSync(join(folder, "model.safetensors"))) return folder;
  await mkdir(join(folder, "1_Pooling"), { recursive: true });
  const files = {
    "config.json": config,
    "tokenizer.json": tokenizer(),
    "tokenizer_config.json": {
      tokenizer_class: "BertTokenizer",
      do_lower_case: true,
      model_max_length: 512,
      ...tokens,
    },
    "special_tokens_map.json": tokens,
    "modules.json": [
      { idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" },
      { idx: 1, name: "1", path: "1_Pooling", type: "sentence_transformers.models.Pooling" },
      { idx: 2, name: "2", path: "2_Normalize", type: "sentence_transformers.models.Normalize" },
    ],
    "1_Pooling/config.json": {
      word_embedding_dimension: config.hidden_size,
      pooling_mode_cls_token: true,
    },
  };
  for (const [file, content] of Object.entries(files)) {
    await writeFile(join(folder, file), JSON.stringify(content));
  }
  await synthesize({
    file: join(folder, "model.safetensors"),
    build: (weights) => bert.graph(config, weights, () => {}),
  });
  return folder;
}

/**
 * Exports the same weights for the peers: onnx/model.onnx by torch, and onnx/model_optimized.onnx, the same after onnxruntime's
 * own optimizer for transformers. Made once, by a Python that has the packages of requirements.txt.
 */
export async function exportOnnx(folder) {
  if (existsSync(join(folder, "onnx/model_optimized.onnx"))) return;
  await mkdir(join(folder, "onnx"), { recursive: true });
  const python = process.env.KINDRED_PYTHON ?? "python3";
  await promisify(execFile)(python, [script, folder]);
}

function tokenizer() {
  const added = Object.values(tokens).map((content) => ({
    id: pieces().indexOf(content),
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  const sequence = (id) => ({ Sequence: { id, type_id: id === "A" ? 0 : 1 } });
  const mark = (id, type_id) => ({ SpecialToken: { id, type_id } });
  const single = [mark("[CLS]", 0), sequence("A"), mark("[SEP]", 0)];
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added.toSorted((a, b) => a.id - b.id),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, sequence("B"), mark("[SEP]", 1)],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [101], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [102], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(pieces().map((piece, id) => [piece, id])),
    },
  };
}
