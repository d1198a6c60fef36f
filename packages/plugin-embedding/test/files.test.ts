import type { ModelListing } from "@kindred/core";
import { embedding } from "@kindred/plugin-embedding";
import { describe, expect, test } from "vitest";

const [family] = embedding().families!.filter(({ name }) => name === "sentence-transformers");

const bert = { model_type: "bert", architectures: ["BertModel"] };
const bertSizes = { num_hidden_layers: 2, num_attention_heads: 3, intermediate_size: 96 };
const sizes = { vocab_size: 3000, hidden_size: 48, max_position_embeddings: 512, ...bertSizes };
const xlmRoberta = { model_type: "xlm-roberta", architectures: ["XLMRobertaModel"] };

/** The files of a listing that are fetched, sorted. */
function fetched(
  files: readonly string[],
  config: object,
  json: Record<string, unknown> = {},
): readonly string[] {
  const known: Record<string, unknown> = { "config.json": { ...sizes, ...config }, ...json };
  const model: ModelListing = { names: ["mine"], files, json: (file) => known[file] };
  return family!.files!(model, {}).toSorted();
}

const tokenizer = [
  "special_tokens_map.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "vocab.txt",
];
const sentenceTransformers = [
  "1_Pooling/config.json",
  "config.json",
  "modules.json",
  "sentence_bert_config.json",
  ...tokenizer,
];

describe("weights in safetensors are fetched, and the same weights in other formats are not", () => {
  test("BAAI/bge-small-en-v1.5", () => {
    const small = [...sentenceTransformers, "config_sentence_transformers.json"];
    const others = ["README.md", "onnx/model.onnx", "pytorch_model.bin"];
    expect(fetched([...small, ...others, "model.safetensors"], bert)).toEqual(
      [...small, "model.safetensors"].toSorted(),
    );
  });

  test("intfloat/e5-large-v2", () => {
    const others = [
      "README.md",
      "handler.py",
      "onnx/model.onnx",
      ...tokenizer.map((file) => `onnx/${file}`),
      "pytorch_model.bin",
    ];
    const small = [...sentenceTransformers, "onnx/config.json"];
    expect(fetched([...small, ...others, "model.safetensors"], bert)).toEqual(
      [...small, "model.safetensors"].toSorted(),
    );
  });

  test("sentence-transformers/all-MiniLM-L6-v2", () => {
    const small = [
      ...sentenceTransformers,
      "config_sentence_transformers.json",
      "data_config.json",
    ];
    const others = [
      "README.md",
      ...["O1", "O2", "O3", "O4", "qint8_arm64", "qint8_avx512", "quint8_avx2"].map(
        (kind) => `onnx/model_${kind}.onnx`,
      ),
      "onnx/model.onnx",
      "openvino/openvino_model.bin",
      "openvino/openvino_model.xml",
      "openvino/openvino_model_qint8_quantized.bin",
      "pytorch_model.bin",
      "rust_model.ot",
      "tf_model.h5",
      "train_script.py",
    ];
    expect(fetched([...small, ...others, "model.safetensors"], bert)).toEqual(
      [...small, "model.safetensors"].toSorted(),
    );
  });

  test("the shards that an index names", () => {
    const index = "model.safetensors.index.json";
    const shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"];
    const weight_map = { a: shards[0], b: shards[1], c: shards[1] };
    const files = ["config.json", index, ...shards, "pytorch_model-00001-of-00002.bin"];
    const found = fetched(files, bert, { [index]: { weight_map } });
    expect(new Set(found)).toEqual(new Set(["config.json", index, ...shards]));
    expect(() => fetched(files.slice(0, 3), bert, { [index]: { weight_map } })).toThrow(
      /names model-00002-of-00002\.safetensors, which is missing/,
    );
  });
});

describe("without weights that can be served one export is fetched, with its data", () => {
  const variants = ["bnb4", "fp16", "int8", "q4", "quantized", "uint8"].map(
    (kind) => `onnx/model_${kind}.onnx`,
  );
  const small = ["config.json", "tokenizer.json", "tokenizer_config.json"];

  test("Xenova/all-MiniLM-L6-v2", () => {
    const files = [...small, ...variants, "onnx/model.onnx", "quantize_config.json"];
    expect(fetched(files, bert)).toEqual(
      [...small, "onnx/model.onnx", "quantize_config.json"].toSorted(),
    );
  });

  test("Xenova/bge-m3, whose data lie beside it", () => {
    const data = ["onnx/model.onnx_data", "onnx/model.onnx_data_1"];
    const other = ["onnx/model_fp16.onnx_data", "onnx/sentence_transformers.onnx_data"];
    const files = [...small, ...variants, ...data, ...other, "onnx/model.onnx"];
    expect(fetched([...files, "onnx/sentence_transformers.onnx"], xlmRoberta)).toEqual(
      [...small, ...data, "onnx/model.onnx"].toSorted(),
    );
  });

  test("intfloat/multilingual-e5-large, in place of its weights", () => {
    const data = ["onnx/model.onnx", "onnx/model.onnx_data"];
    const others = [
      "README.md",
      "model.safetensors",
      "onnx/sentencepiece.bpe.model",
      "onnx/tokenizer.json",
      "pytorch_model.bin",
      "sentencepiece.bpe.model",
    ];
    expect(fetched([...sentenceTransformers, ...others, ...data], xlmRoberta)).toEqual(
      [...sentenceTransformers, ...data].toSorted(),
    );
  });

  test("Optimum's layout, with the graph at the root", () => {
    const files = [...small, "model.onnx", "model.onnx_data", "ort_config.json"];
    const others = ["model_optimized.onnx", "pytorch_model.bin", "README.md"];
    expect(fetched([...files, ...others], bert)).toEqual(files.toSorted());
  });

  test("torch's layout, with a file for each weight", () => {
    const data = ["onnx/embeddings.word_embeddings.weight", "onnx/onnx__MatMul_1234"];
    expect(fetched([...small, "onnx/model.onnx", ...data], bert)).toEqual(
      [...small, "onnx/model.onnx", ...data].toSorted(),
    );
  });
});

test("a pickle alone is refused before it is fetched", () => {
  expect(() => fetched(["config.json", "pytorch_model.bin"], bert)).toThrow(
    /pytorch_model\.bin is a pickle/,
  );
});
