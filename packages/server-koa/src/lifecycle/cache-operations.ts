import { jsonReply } from "../openapi/json-content.ts";
import { count, flag, list, nullable, object, text } from "../openapi/json-schema.ts";
import type { Operation } from "../openapi/operation.ts";

const tag = "cache";

const version = {
  name: "model_version",
  description: "A model's name, or a repository OWNER/NAME.",
  schema: text,
  required: true,
};

export const listCachedOperation: Operation = {
  id: "listCachedModels",
  tag,
  summary: "The repositories in the hub's cache.",
  query: [{ name: "model_name", description: "Those of a name alone.", schema: text }],
  reply: jsonReply(
    object({
      list: list(
        object({
          model_name: text,
          model_version: text,
          repo: text,
          model_type: nullable(text),
          revisions: list(object({ commit: text, refs: list(text) })),
          bytes: count,
          is_whole: flag,
          path: text,
          actor_ip_address: text,
        }),
      ),
    }),
  ),
};

export const listCachedFilesOperation: Operation = {
  id: "listCachedFiles",
  tag,
  summary: "The folders that removing a model removes.",
  query: [version],
  reply: jsonReply(object({ model_version: text, worker_ip: { type: "null" }, paths: list(text) })),
};

export const removeCachedOperation: Operation = {
  id: "removeCachedModel",
  tag,
  summary: "Removes a repository from the hub's cache.",
  query: [version],
  reply: jsonReply(object({ result: flag, bytes: count })),
  errors: [404],
};
