import {
  component,
  flag,
  list,
  nullable,
  number,
  object,
  text,
  told,
} from "../openapi/json-schema.ts";
import type { Operation } from "../openapi/operation.ts";

const model = "The id of a model, whose slashes may be sent as they are.";
const request = "The id of a request: its `x-request-id` or its `request_id`.";
const [models, requests] = ["models", "requests"];

export const listModelsOperation: Operation = {
  id: "listModels",
  tag: models,
  summary: "The models that are launched.",
  reply: {
    "application/json": object({ object: { const: "list" }, data: list(component("Model")) }),
  },
};

export const getModelOperation: Operation = {
  id: "getModel",
  tag: models,
  summary: "One model, also one that a request would launch.",
  path: { id: model },
  reply: { "application/json": component("Model") },
  errors: [404],
};

export const listEndpointsOperation: Operation = {
  id: "listEndpoints",
  tag: "server",
  summary: "The routes that plugins add, with the JSON Schemas of their bodies.",
  reply: {
    "application/json": object({
      object: { const: "list" },
      data: list(
        object({
          object: { const: "endpoint" },
          method: { const: "POST" },
          path: text,
          task: text,
          text: told(nullable(text), "The field that a bare text fills."),
          files: told(list(text), "The fields that take files."),
          streams: flag,
          body: nullable({ type: "object" }),
        }),
      ),
    }),
  },
};

export const abortRequestOperation: Operation = {
  id: "abortRequest",
  tag: requests,
  summary: "Ends a request that runs, as Xinference's clients do.",
  path: { id: model, request },
  body: {
    required: false,
    content: {
      "application/json": object(
        {
          block_duration: told(
            nullable({ ...number, minimum: 0 }),
            "Seconds for which requests of this id are refused.",
          ),
        },
        [],
      ),
    },
  },
  reply: { "application/json": object({ msg: { type: "string", enum: ["DONE", "NOT_FOUND"] } }) },
  errors: [404],
};

export const requestProgressOperation: Operation = {
  id: "getRequestProgress",
  tag: requests,
  summary: "How far a request has come.",
  path: { request },
  reply: {
    "application/json": object(
      {
        progress: { ...number, minimum: 0, maximum: 1 },
        state: { type: "string", enum: ["loading", "queued", "running"] },
        position: { type: "integer", minimum: 1 },
      },
      ["progress"],
    ),
  },
  errors: [404],
};

export const getFileOperation: Operation = {
  id: "getFile",
  tag: "files",
  summary: "A file that a reply named, or a range of its bytes.",
  path: { name: "The last part of the file's URL." },
  reply: { "*/*": {} },
  replies: { 206: "The range of bytes that `range` asks for." },
  errors: [404, 416],
};
