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
export { fieldPath } from "./field-path.ts";
export { formatBytes } from "./bytes.ts";
export { cut } from "./cut.ts";
export { discoverPlugins } from "./discover.ts";
export { cachedRepo } from "./hub-cache.ts";
export { createKernel } from "./kernel.ts";
export type { Kernel, KernelOptions } from "./kernel.ts";
export { isCalled } from "./kinship.ts";
export type { Launch } from "./launch.ts";
export { silent } from "./logger.ts";
export type { Logger } from "./logger.ts";
export type { GraphInfo, ModelInfo } from "./model-info.ts";
export type { ModelSource, Progress } from "./model-source.ts";
export type { Batched, Call, Pipeline, Single } from "./pipeline.ts";
export type { Plugin } from "./plugin.ts";
export type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
export { deviceAllocator, graphRuntime, logger, modelSource, provide, token } from "./tokens.ts";
export type { Provider, Token } from "./tokens.ts";
export { onlyModel } from "./only-model.ts";
export { unknownModel } from "./unknown-model.ts";
export { folderSource } from "./folder-source.ts";
export { openModelFolder } from "./model-folder.ts";
export { budgetAllocator } from "./runtime/budget.ts";
export { processRuntime } from "./runtime/host.ts";
