import type { LaunchListing } from "@kindred/core";
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
  options: Record<string, unknown> = {},
): readonly string[] {
  const known: Record<string, unknown> = { "config.json": { ...sizes, ...config }, ...json };
  const model: LaunchListing = {
    id: "mine",
    names: ["acme/any"],
    files,
    json: (file) => known[file],
  };
  return family!.files!(model, options).toSorted();
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

  test("intfloat/multilingual-e5-large", () => {
    const others = [
      "README.md",
      "onnx/model.onnx",
      "onnx/model.onnx_data",
      "onnx/sentencepiece.bpe.model",
      "onnx/tokenizer.json",
      "pytorch_model.bin",
      "sentencepiece.bpe.model",
    ];
    expect(fetched([...sentenceTransformers, ...others, "model.safetensors"], xlmRoberta)).toEqual(
      [...sentenceTransformers, "model.safetensors"].toSorted(),
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

  test("Optimum's layout, with the graph at the root", () => {
    const files = [...small, "model.onnx", "model.onnx_data", "ort_config.json"];
    const others = ["model_optimized.onnx", "README.md"];
    expect(fetched([...files, ...others], bert)).toEqual(files.toSorted());
  });

  test("torch's layout, with a file for each weight", () => {
    const data = ["onnx/embeddings.word_embeddings.weight", "onnx/onnx__MatMul_1234"];
    expect(fetched([...small, "onnx/model.onnx", ...data], bert)).toEqual(
      [...small, "onnx/model.onnx", ...data].toSorted(),
    );
  });
});

describe("exports that are not called model.onnx", () => {
  const small = ["config.json", "tokenizer.json", "tokenizer_config.json"];

  test.each([
    ["transformers.js'", "onnx/model_quantized.onnx"],
    ["fastembed's", "model_optimized.onnx"],
    ["Optimum's", "model_quantized.onnx"],
    ["one in half precision", "onnx/model_fp16.onnx"],
    ["one for a processor", "onnx/model_qint8_avx512_vnni.onnx"],
  ])("the only one is fetched: %s %s", (_, file) => {
    expect(fetched([...small, file, `${file}_data`], bert)).toEqual(
      [...small, file, `${file}_data`].toSorted(),
    );
  });

  test("several without a plain one are listed, with how to choose", () => {
    const files = ["onnx/model_fp16.onnx", "onnx/model_quantized.onnx", "model_O4.onnx"];
    expect(() => fetched([...small, ...files], bert)).toThrow(
      /"mine" has several ONNX exports, and none is called model\.onnx: onnx\/model_fp16\.onnx, onnx\/model_quantized\.onnx, model_O4\.onnx\. Launch it with one of them: options: \{ onnx: "onnx\/model_fp16\.onnx" \}\./,
    );
  });

  test.each([
    ["by its path", "onnx/model_quantized.onnx"],
    ["by its name", "model_quantized.onnx"],
  ])("one is chosen %s, over the plain one and over weights", (_, onnx) => {
    const chosen = "onnx/model_quantized.onnx";
    const others = ["model.safetensors", "onnx/model.onnx", "onnx/model.onnx_data"];
    const files = [...small, ...others, chosen];
    expect(fetched(files, bert, {}, { onnx })).toEqual([...small, chosen].toSorted());
    expect(fetched(files, bert)).toEqual([...small, "model.safetensors"].toSorted());
  });

  test("one that is not there is refused with those that are", () => {
    const files = [...small, "onnx/model.onnx", "onnx/model_fp16.onnx"];
    expect(() => fetched(files, bert, {}, { onnx: "model_int8.onnx" })).toThrow(
      'The option onnx names "model_int8.onnx", and "mine" has no such file. It has onnx/model.onnx, onnx/model_fp16.onnx.',
    );
    expect(() => fetched(small, bert, {}, { onnx: "model.onnx" })).toThrow("It has none.");
  });

  test("a name that two have needs its folder", () => {
    const files = [...small, "cpu/model.onnx", "gpu/model.onnx"];
    expect(() => fetched(files, bert, {}, { onnx: "model.onnx" })).toThrow(
      '"mine" has 2 such files. It has cpu/model.onnx, gpu/model.onnx.',
    );
    expect(fetched(files, bert, {}, { onnx: "gpu/model.onnx" })).toContain("gpu/model.onnx");
  });
});

test("a Transformer in a folder of its own is fetched from there", () => {
  const own = ["config.json", "model.safetensors", "sentence_bert_config.json", "vocab.txt"].map(
    (file) => `0_Transformer/${file}`,
  );
  const others = ["0_Transformer/pytorch_model.bin", "2_Dense/model.safetensors"];
  const root = ["config.json", "modules.json", "1_Pooling/config.json"];
  const type = "sentence_transformers.models.Transformer";
  const json = {
    "config.json": { __version__: "1.0.0" },
    "0_Transformer/config.json": { ...sizes, ...bert },
    "modules.json": [{ path: "0_Transformer", type }],
  };
  expect(fetched([...root, ...own, ...others], {}, json)).toEqual([...root, ...own].toSorted());
});

describe("without .safetensors the files of PyTorch are fetched", () => {
  test("one of all weights, and no others beside it", () => {
    const others = ["training_args.bin", "optimizer.pt", "pytorch_model.fp16.bin"];
    expect(fetched(["config.json", "pytorch_model.bin", ...others], bert)).toEqual([
      "config.json",
      "pytorch_model.bin",
    ]);
  });

  test("the shards that an index names", () => {
    const index = "pytorch_model.bin.index.json";
    const shards = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];
    const weight_map = { a: shards[0], b: shards[1] };
    const found = fetched(["config.json", index, ...shards], bert, { [index]: { weight_map } });
    expect(new Set(found)).toEqual(new Set(["config.json", index, ...shards]));
    expect(() =>
      fetched(["config.json", index, shards[0]!], bert, { [index]: { weight_map } }),
    ).toThrow(/names pytorch_model-00002-of-00002\.bin, which is missing/);
  });

  test("before an ONNX export, unless the launch names that", () => {
    const files = ["config.json", "pytorch_model.bin", "onnx/model.onnx"];
    expect(fetched(files, bert)).toEqual(["config.json", "pytorch_model.bin"]);
    expect(fetched(files, bert, {}, { onnx: "model.onnx" })).toEqual([
      "config.json",
      "onnx/model.onnx",
    ]);
  });
});

test("a folder without weights is refused before anything is fetched", () => {
  expect(() => fetched(["config.json", "optimizer.bin"], bert)).toThrow(
    /There is no model\.safetensors, no pytorch_model\.bin and no model\.onnx/,
  );
});
