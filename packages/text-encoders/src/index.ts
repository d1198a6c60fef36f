export { allArchitectures } from "./architectures/all-architectures.ts";
export type {
  Architecture,
  EncoderFacts,
  EncoderOptions,
  ModelConfig,
} from "./architectures/architecture.ts";
export { bert } from "./architectures/bert.ts";
export { distilbert } from "./architectures/distilbert.ts";
export { mpnet } from "./architectures/mpnet.ts";
export { roberta } from "./architectures/roberta.ts";
export { batchOf, maskOf, rowsOf, tokenTypesOf } from "./batch/batch.ts";
export type { BatchTensor, TokenRow } from "./batch/batch.ts";
export { exportFeeds, notServed, unlike } from "./batch/export-inputs.ts";
export { count, maxWidth } from "./folder/count.ts";
export { modulesOf } from "./folder/modules.ts";
export type { Module } from "./folder/modules.ts";
export { originalOf } from "./folder/names.ts";
export { isTextEncoder, named } from "./folder/recognition.ts";
export { smallFiles } from "./folder/small-files.ts";
export { inModel, transformerFolder } from "./folder/transformer-folder.ts";
export type { TransformerFolder } from "./folder/transformer-folder.ts";
export { noLimit, transformerSettings } from "./folder/transformer-settings.ts";
export type { TransformerSettings } from "./folder/transformer-settings.ts";
export type { Head, TokenStates } from "./graphs/head.ts";
export type { BuiltSource } from "./source/built-source.ts";
export { encoderSource } from "./source/encoder-source.ts";
export type { EncoderChoice, EncoderSource } from "./source/encoder-source.ts";
export type { ExportedSource } from "./source/exported-source.ts";
