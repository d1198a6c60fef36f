export type { Device, DeviceAllocator, DeviceLease, PlaceRequest } from "./device.ts";
export { bounds, reached } from "./bounds.ts";
export type { BoundEvent } from "./bounds.ts";
export { bodyJsonSchema, replyJsonSchema } from "./body-json-schema.ts";
export { inWireNames } from "./endpoint.ts";
export type {
  BodySchema,
  Decoded,
  Endpoint,
  FileFormat,
  Reply,
  ReplySchema,
  ServerEvent,
  Shown,
  ShownFile,
} from "./endpoint.ts";
export {
  abortError,
  isKernelError,
  KernelError,
  shorten,
  throwIfAborted,
  unlessAborted,
} from "./errors.ts";
export type { ErrorCode, KernelErrorOptions } from "./errors.ts";
export type {
  Checkpoint,
  Claim,
  LaunchListing,
  LoadContext,
  ModelFamily,
  ModelFolder,
} from "./family.ts";
export type { FamilyFacts } from "./family-facts.ts";
export { formatBytes } from "./format-bytes.ts";
export { parseKeepAlive } from "./keep-alive.ts";
export { dimsOf } from "./graph.ts";
export type {
  Dims,
  FileIdentity,
  Graph,
  GraphRuntime,
  GraphSource,
  OpenGraph,
  Tensor,
  TensorType,
} from "./graph.ts";
export { isJsonObject } from "./json-object.ts";
export { countJson } from "./json-limits.ts";
export type { JsonLimits, JsonParts } from "./json-limits.ts";
export { dataFolder } from "./data-folder.ts";
export { createKernel } from "./kernel.ts";
export type { Kernel } from "./kernel.ts";
export type { KernelOptions, OnDemand } from "./kernel-options.ts";
export { withKwargs } from "./kwargs.ts";
export type { Launch, LaunchChanges } from "./launch.ts";
export type { LaunchPlan } from "./launch-plan.ts";
export { silent } from "./logger.ts";
export type { Logger } from "./logger.ts";
export type { GraphInfo, GraphRunInfo, ModelInfo } from "./model-info.ts";
export type {
  FoundModel,
  LoadProgress,
  ModelListing,
  ModelSource,
  WeightsHeader,
  TensorFacts,
} from "./model-source.ts";
export type { Batched, Call, CallState, Pipeline, SideTask, Single } from "./pipeline.ts";
export type { Plugin } from "./plugin.ts";
export { progressOf } from "./progress.ts";
export type { Progress } from "./progress.ts";
export { fetchCommand, published, publishedAs } from "./published.ts";
export type { Published } from "./published.ts";
export { fieldPath, validated, validatedNow } from "./schema.ts";
export type { Refusal } from "./schema.ts";
export { deviceAllocator, graphRuntime, logger, modelSource, provide, token } from "./services.ts";
export type { Provider, Token } from "./services.ts";
export { nearest, suggestion } from "./suggestion.ts";
export { unfailingLogger } from "./unfailing-logger.ts";
export type { EventOf, InputOf, OutputOf, Task } from "./task.ts";
export { tracing } from "./tracing.ts";
export type {
  BatchEvent,
  DownloadEvent,
  EvictionEvent,
  GraphEvent,
  ModelEvent,
  TaskEvent,
  TracingEvents,
} from "./tracing.ts";
export type { Counts, StageTimes, Usage } from "./usage.ts";
export { childProcesses } from "./child-processes.ts";
export type { ChildKind, ChildProcessInfo } from "./child-processes.ts";

export { budgetAllocator } from "./devices/budget-allocator.ts";
export type { BudgetOptions } from "./devices/budget-allocator.ts";
export { discoverPlugins } from "./plugins/discover-plugins.ts";
export type { DiscoverOptions } from "./plugins/discover-plugins.ts";
export { graphEnvironment, processRuntime } from "./runtime/process-runtime.ts";
export type { ProcessRuntimeOptions } from "./runtime/process-runtime.ts";
export { isAbsence } from "./sources/absence.ts";
export { folderSource } from "./sources/folder-source.ts";
export { mapInSlices, TimeSlice } from "./time-slice.ts";
export { repoOf } from "./sources/hub-cache.ts";
export { openModelFolder } from "./sources/model-folder.ts";
export type { OpenedFolder } from "./sources/model-folder.ts";
