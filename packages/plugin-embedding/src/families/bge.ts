import { named } from "@kindred/text-encoders";
import type { Prompts } from "@kindred/text-encoders";
import type { EmbeddingFamily } from "../family.ts";

const english: Prompts = {
  query: "Represent this sentence for searching relevant passages: ",
  passage: "",
};
const chinese: Prompts = { query: "为这个句子生成表示以用于检索相关文章：", passage: "" };
const neither: Prompts = { query: "", passage: "" };

/**
 * BAAI general embeddings (Xiao et al. 2023, arXiv:2309.07597), and the dense vectors of BGE-M3 (Chen et al. 2024,
 * arXiv:2402.03216).
 */
export const bge: EmbeddingFamily = {
  name: "bge",
  match: named(/(^|[_-])bge-/i),
  defaults: { pooling: "cls", normalize: true },
  checkpoints: [
    {
      name: "bge-base-en",
      repo: "BAAI/bge-base-en",
      revision: "90e113f4f9cd0c83220c873b94ca7bc37f85de97",
      modelscope: { repo: "Xorbits/bge-base-en", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: english },
    },
    {
      name: "bge-base-en-v1.5",
      repo: "BAAI/bge-base-en-v1.5",
      revision: "1dafa38af496bee39ad5e0d11447fac46d0714e1",
      modelscope: { repo: "Xorbits/bge-base-en-v1.5", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: english },
    },
    {
      name: "bge-base-zh",
      repo: "BAAI/bge-base-zh",
      revision: "faefe5952238b3d28bc35d1c8fe63eb269d8cee0",
      modelscope: { repo: "Xorbits/bge-base-zh", revision: "v0.0.2" },
      license: "MIT",
      defaults: { prompts: chinese },
    },
    {
      name: "bge-base-zh-v1.5",
      repo: "BAAI/bge-base-zh-v1.5",
      revision: "fcd022c36ff982da395e71ae930a5ad0d4b9330f",
      modelscope: { repo: "Xorbits/bge-base-zh-v1.5", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: chinese },
    },
    {
      name: "bge-large-en",
      repo: "BAAI/bge-large-en",
      revision: "d57a0d82f0d0884de76bbce093f201364d9b720e",
      modelscope: { repo: "Xorbits/bge-large-en", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: english },
    },
    {
      name: "bge-large-en-v1.5",
      repo: "BAAI/bge-large-en-v1.5",
      revision: "5888da4a3a013e65d33dd6f612ecd4625eb87a7d",
      modelscope: { repo: "Xorbits/bge-large-en-v1.5", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: english },
    },
    {
      name: "bge-large-zh",
      repo: "BAAI/bge-large-zh",
      revision: "1b543b301eb63dd32914b56d939db2a972df15d5",
      modelscope: { repo: "Xorbits/bge-large-zh", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: chinese },
    },
    {
      name: "bge-large-zh-noinstruct",
      repo: "BAAI/bge-large-zh-noinstruct",
      revision: "d971248454d6267756fab9caa431c2c2fc5f0f35",
      license: "MIT",
      defaults: { prompts: neither },
    },
    {
      name: "bge-large-zh-v1.5",
      repo: "BAAI/bge-large-zh-v1.5",
      revision: "029c4bfff6b0c5cfcd20b40c17ed52ec55202748",
      modelscope: { repo: "Xorbits/bge-large-zh-v1.5", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: chinese },
    },
    {
      name: "bge-m3",
      repo: "BAAI/bge-m3",
      revision: "5617a9f61b028005a4858fdac845db406aefb181",
      modelscope: { repo: "Xorbits/bge-m3" },
      license: "MIT",
      defaults: { prompts: neither },
    },
    {
      name: "bge-small-en-v1.5",
      repo: "BAAI/bge-small-en-v1.5",
      revision: "88885630388d6249d876a3ab145b78b34665b79a",
      modelscope: { repo: "Xorbits/bge-small-en-v1.5", revision: "v0.0.2" },
      license: "MIT",
      defaults: { prompts: english },
    },
    {
      name: "bge-small-zh",
      repo: "BAAI/bge-small-zh",
      revision: "52185a5f4aa5bb1fe80c0671b7303161880a2d79",
      modelscope: { repo: "Xorbits/bge-small-zh", revision: "v0.0.1" },
      license: "MIT",
      defaults: { prompts: chinese },
    },
    {
      name: "bge-small-zh-v1.5",
      repo: "BAAI/bge-small-zh-v1.5",
      revision: "a7ec18349c42fc774b0e86af26215e38a10fbe9d",
      modelscope: { repo: "Xorbits/bge-small-zh-v1.5", revision: "v0.0.2" },
      license: "MIT",
      defaults: { prompts: chinese },
    },
  ],
};
