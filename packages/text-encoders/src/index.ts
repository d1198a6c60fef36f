export { allArchitectures } from "./architectures/all-architectures.ts";
export type {
  Architecture,
  EncoderFacts,
  EncoderOptions,
  ModelConfig,
} from "./architectures/architecture.ts";
export { bert } from "./architectures/bert.ts";
export { distilbert } from "./architectures/distilbert.ts";
export { jinaBert } from "./architectures/jina-bert.ts";
export { modernBert } from "./architectures/modernbert.ts";
export { mpnet } from "./architectures/mpnet.ts";
export { nomicBert } from "./architectures/nomic-bert.ts";
export { qwen3 } from "./architectures/qwen3.ts";
export { roberta } from "./architectures/roberta.ts";
export { batchOf, maskOf, rowsOf, tokenTypesOf } from "./batch/batch.ts";
export type { BatchTensor, TokenRow } from "./batch/batch.ts";
export { exportFeeds, notServed, unlike } from "./batch/export-inputs.ts";
export { count, maxWidth } from "./folder/count.ts";
export { modulesOf } from "./folder/modules.ts";
export type { Module } from "./folder/modules.ts";
export { originalOf } from "./folder/names.ts";
export { onlyExport } from "./folder/onnx-files.ts";
export { isTextEncoder, named } from "./folder/recognition.ts";
export { smallFiles } from "./folder/small-files.ts";
export { inModel, transformerFolder } from "./folder/transformer-folder.ts";
export type { TransformerFolder } from "./folder/transformer-folder.ts";
export { noSettings, transformerSettings } from "./folder/transformer-settings.ts";
export type { TransformerSettings } from "./folder/transformer-settings.ts";
export type { TransformerTask } from "./folder/transformer-task.ts";
export { maxTokensOf, transformerTokenizer } from "./folder/transformer-tokenizer.ts";
export { defaultPrompt, promptNamed, withPrompt } from "./prompts/prompts.ts";
export type { DefaultPrompt, Prompt, Prompts } from "./prompts/prompts.ts";
export { savedPrompts } from "./prompts/saved-prompts.ts";
export type { SavedPrompts } from "./prompts/saved-prompts.ts";
export { maxCharacters, tooManyCharacters } from "./request/characters.ts";
export { inputProblem, listed } from "./request/input.ts";
export type { Input } from "./request/input.ts";
export { inputSchema } from "./request/input-schemas.ts";
export { precisionSchema } from "./request/precision-schema.ts";
export { unknownId } from "./request/unknown-id.ts";
export { detokenize } from "./tokens/detokenize-endpoint.ts";
export { tokenSideTasks, tokenTasks } from "./tokens/side-tasks.ts";
export type { TokenModel } from "./tokens/side-tasks.ts";
export { detokenizeTask, tokenizeTask } from "./tokens/tasks.ts";
export type { DetokenizeRequest, TokenizedTexts, TokenizeRequest } from "./tokens/tasks.ts";
export { tokenize } from "./tokens/tokenize-endpoint.ts";
export type { Head, TokenStates } from "./graphs/head.ts";
export type { BuiltOptions, BuiltSource } from "./source/built-source.ts";
export { encoderSource } from "./source/encoder-source.ts";
export type { EncoderChoice, EncoderSource } from "./source/encoder-source.ts";
export type { ExportedSource } from "./source/exported-source.ts";
export { refusePrecision } from "./source/refuse-precision.ts";
