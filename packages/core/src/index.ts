export type { Device, DeviceAllocator, DeviceLease, PlaceRequest } from "./device.ts";
export type { Decoded, Endpoint, Reply, ServerEvent, Shown } from "./endpoint.ts";
export { abortError, isKernelError, KernelError, throwIfAborted, unlessAborted } from "./errors.ts";
export type { ErrorCode, KernelErrorOptions } from "./errors.ts";
export type { Checkpoint, LoadContext, ModelFamily, ModelFolder } from "./family.ts";
export type {
  Dims,
  Graph,
  GraphRuntime,
  GraphSource,
  OpenGraph,
  Tensor,
  TensorType,
} from "./graph.ts";
export { fieldPath } from "./schema.ts";
export { formatBytes } from "./format-bytes.ts";
export { cut } from "./cut.ts";
export { discoverPlugins } from "./plugins/discover-plugins.ts";
export { cachedRepo } from "./sources/hub-cache.ts";
export { createKernel } from "./kernel.ts";
export type { Kernel, KernelOptions } from "./kernel.ts";
export { isCalled } from "./catalog/choose-family.ts";
export type { Launch } from "./launch.ts";
export { silent } from "./logger.ts";
export type { Logger } from "./logger.ts";
export type { GraphInfo, ModelInfo } from "./model-info.ts";
export type { ModelSource, Progress } from "./model-source.ts";
export type { Batched, Call, Pipeline, Single } from "./pipeline.ts";
export type { Plugin } from "./plugin.ts";
export type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
export { deviceAllocator, graphRuntime, logger, modelSource, provide, token } from "./services.ts";
export type { Provider, Token } from "./services.ts";
export { defaultModel } from "./catalog/default-model.ts";
export { unknownModel } from "./catalog/unknown-model.ts";
export { folderSource } from "./sources/folder-source.ts";
export { openModelFolder } from "./sources/model-folder.ts";
export { budgetAllocator } from "./devices/budget-allocator.ts";
export { processRuntime } from "./runtime/process-runtime.ts";
