import { jsonBody, jsonReply } from "../openapi/json-content.ts";
import { anyObject, component, flag, list, object, text, told } from "../openapi/json-schema.ts";
import type { Operation } from "../openapi/operation.ts";

const tag = "registrations";
const type = "A task, as Xinference calls it: embedding, rerank, image.";
const name = "The name of a model that can be launched.";
const warnings = told(list(text), "What was not kept, or changes nothing here.");

export const listRegistrationsOperation: Operation = {
  id: "listRegistrations",
  tag,
  summary: "The models of a task that can be launched by name.",
  path: { type },
  query: [
    {
      name: "detailed",
      description: "true describes each.",
      schema: { type: "string", enum: ["true", "false"] },
    },
  ],
  reply: jsonReply(list(component("Registration"))),
};

export const getRegistrationOperation: Operation = {
  id: "getRegistration",
  tag,
  summary: "One of these models.",
  path: { type, name },
  reply: jsonReply(component("Registration")),
  errors: [404],
};

export const registerModelOperation: Operation = {
  id: "registerModel",
  tag,
  summary: "Registers a folder or a repository under a name.",
  path: { type },
  body: jsonBody(
    true,
    object(
      {
        model: told(
          { anyOf: [text, anyObject] },
          "Xinference's specification of a model, or its text: model_name, and model_uri or model_id.",
        ),
        persist: told(flag, "Whether it survives a restart. Default: false."),
      },
      ["model"],
    ),
  ),
  reply: jsonReply(object({ model_name: text, warnings }, ["model_name"])),
  errors: [404, 500],
};

export const unregisterModelOperation: Operation = {
  id: "unregisterModel",
  tag,
  summary: "Forgets such a model. What is launched of it stays launched.",
  path: { type, name },
  reply: jsonReply(object({ model_name: text })),
  errors: [404, 500],
};
