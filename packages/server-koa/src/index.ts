export type { AccessOptions } from "./access/access.ts";
export { isHost, isOrigin } from "./access/checked.ts";
export { isLoopback } from "./access/loopback.ts";
export { createApp } from "./app.ts";
export type { AppOptions } from "./app.ts";
export type { BodyEncoding } from "./body/inflater.ts";
export type { BodyLimits } from "./body/read-body.ts";
export { checkWritable } from "./files/check-writable.ts";
export type { ConnectionOptions } from "./connections/connection-options.ts";
export { FileStore } from "./files/file-store.ts";
export type { FileStoreOptions } from "./files/file-store.ts";
export type { FilesOptions } from "./files/routes.ts";
export type { StoredFile } from "./files/stored-file.ts";
export { ApiKeys } from "./keys/api-keys.ts";
export type { ApiKey, KeyHolder } from "./keys/api-keys.ts";
export type { LifecycleOptions } from "./lifecycle/lifecycle-options.ts";
export { openMetrics } from "./metrics/metrics.ts";
export type { Metrics, MetricsOptions } from "./metrics/metrics.ts";
export type { ReadyPolicy } from "./health.ts";
export { openai } from "./openai.ts";
export type { OpenAIOptions } from "./openai.ts";
export { serve } from "./serve.ts";
export type { ServeOptions, Serving } from "./serve.ts";

// For answering an endpoint without HTTP, as the command line does: a reply that gathers warnings, and JSON in slices.
export { replyTo } from "./answer/reply.ts";
export type { WarningReply } from "./answer/reply.ts";
export { jsonSlices } from "./answer/write-json.ts";
