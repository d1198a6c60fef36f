export { createApp } from "./app.ts";
export type { AppOptions } from "./app.ts";
export type { BodyLimits } from "./body.ts";
export { FileStore } from "./file-store.ts";
export type { FileStoreOptions } from "./file-store.ts";
export type { FilesOptions } from "./files.ts";
export type { StoredFile } from "./stored-file.ts";
export { openai } from "./openai.ts";
export type { OpenAIOptions } from "./openai.ts";
export { serve } from "./serve.ts";
export type { ServeOptions, Serving } from "./serve.ts";

// For answering an endpoint without HTTP.
export { failure } from "./errors.ts";
export type { Envelope, Failure } from "./errors.ts";
export { jsonSlices } from "./json.ts";
export { replyTo } from "./reply.ts";
export type { WarningReply } from "./reply.ts";
export { validate } from "./schema.ts";
