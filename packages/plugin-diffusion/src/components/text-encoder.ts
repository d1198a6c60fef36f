import type { LoadContext } from "@kindred/core";
import { clipTextConfig } from "../graphs/clip-text-config.ts";
import { clipText } from "../graphs/clip-text.ts";
import { clipPrompts } from "../prompt/clip-prompts.ts";
import { openClipTokenizer } from "../prompt/clip-tokenizer.ts";
import type { PromptEncoder } from "../prompt/prompt-encoder.ts";
import { componentConfig } from "./component-config.ts";
import { componentWeights } from "./component-weights.ts";
import type { ComponentFiles } from "./component-weights.ts";
import { onnxComponent } from "./onnx-component.ts";
import { warnOfUnused } from "./unused-weights.ts";

/** `text_encoder/` and `tokenizer/`: CLIP. */
export async function openTextEncoder(
  context: LoadContext,
  files: ComponentFiles,
): Promise<PromptEncoder> {
  const { model, graph, use } = context;
  const json = componentConfig(model, "text_encoder/config.json");
  const {
    max_position_embeddings: positions,
    num_hidden_layers: layers,
    ...config
  } = clipTextConfig(json);
  const tokenizer = use(await openClipTokenizer(model, { directory: "tokenizer" }));
  const length = Math.min(tokenizer.maxTokens ?? positions, positions);

  const exported = await onnxComponent(model, "text_encoder");
  if (exported) {
    const ids = exported.types["input_ids"]?.type === "int32" ? "int32" : "int64";
    return clipPrompts({ graph: graph(exported), tokenizer, length, layers, ids });
  }
  const weights = await componentWeights(files, "text_encoder", "model");
  const source = clipText(
    { ...config, max_position_embeddings: positions, num_hidden_layers: layers },
    weights,
  );
  warnOfUnused(context, source);
  return clipPrompts({ graph: graph(source), tokenizer, length, layers, ids: "int64" });
}
