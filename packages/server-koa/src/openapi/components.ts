import {
  anyObject,
  count,
  flag,
  list,
  nullable,
  number,
  object,
  text,
  told,
} from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

const progress = told(
  object(
    {
      done: number,
      total: number,
      what: text,
      file: object({ name: text, done: number, total: number }),
    },
    ["done", "total"],
  ),
  "How far a launch has come.",
);

const state = told(
  { type: "string", enum: ["loading", "ready", "failed"] },
  "ready: its graphs are declared.",
);

const graph = object(
  {
    name: text,
    precision: text,
    open: flag,
    bytes: count,
    peakBytes: count,
    workspaceBytes: count,
    overheadBytes: count,
    running: object({ seconds: number, maxSeconds: nullable(number), hangs: flag }),
  },
  ["name", "open", "bytes"],
);

/** Schemas that several operations name. */
export const sharedSchemas: Readonly<Record<string, JsonSchema>> = {
  Error: told(
    object({
      error: object({
        message: told(text, "What happened, with the numbers, and what to do."),
        type: told(text, "OpenAI's kind of error, which follows from the status."),
        param: told(nullable(text), "The field at fault, as the request calls it."),
        code: told(nullable(text), "Says what happened to programs."),
      }),
      detail: told(text, "The message again, for Xinference's clients."),
    }),
    "Every error has this body.",
  ),
  Model: object(
    {
      id: text,
      object: { const: "model" },
      created: told(count, "When the server started, in Unix seconds."),
      owned_by: text,
      model_type: told(nullable(text), "Its task, as Xinference calls it."),
      model_name: text,
      task: text,
      state: told(
        { type: "string", enum: ["loading", "ready", "failed", "unloaded"] },
        "unloaded: a request would launch it.",
      ),
      reason: told(text, "Why it failed."),
      progress,
      family: text,
      checkpoint: told(text, "The published model that it is."),
      aliases: list(text),
      device: text,
      waiting: told(count, "Requests in its queue."),
      memory: object({ leased: count, needed: count }),
      graphs: list(graph),
      replicas: count,
      keepAlive: told(
        nullable(number),
        "Seconds without a request after which its graphs close. null: never.",
      ),
      idle: number,
    },
    ["id", "object", "created", "owned_by", "model_type", "model_name", "state"],
  ),
  Registration: object(
    {
      model_name: text,
      is_builtin: told(flag, "Whether it is a published model that a plugin knows."),
      version: count,
      model_type: text,
      model_family: nullable(text),
      model_id: text,
      model_revision: text,
      license: nullable(text),
      gated: flag,
    },
    ["model_name", "is_builtin"],
  ),
  LoadProgress: object(
    {
      progress: { ...number, minimum: 0, maximum: 1 },
      state,
      stage: text,
      what: text,
      done: number,
      total: number,
      file: anyObject,
    },
    ["progress", "state", "stage"],
  ),
  StateEvent: object(
    {
      type: { const: "state" },
      state: { type: "string", enum: ["loading", "queued", "running"] },
      position: told({ ...count, minimum: 1 }, "The place among the queued."),
      progress,
    },
    ["type", "state"],
  ),
  ProgressEvent: object({ type: { const: "progress" }, done: number, total: number }),
};
