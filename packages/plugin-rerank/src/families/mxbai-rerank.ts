import { named } from "@kindred/text-encoders";
import type { RerankFamily } from "../family.ts";

/** Mixedbread's cross-encoders of the first version. They are DeBERTas, which are served from the ONNX exports beside them. */
export const mxbaiRerank: RerankFamily = {
  name: "mxbai-rerank",
  match: named(/(^|[_-])mxbai-rerank-.*v1/i),
  defaults: {},
  checkpoints: ["xsmall", "base", "large"].map((size) => ({
    name: `mxbai-rerank-${size}-v1`,
    repo: `mixedbread-ai/mxbai-rerank-${size}-v1`,
    revision: "main",
    license: "Apache-2.0",
  })),
};
