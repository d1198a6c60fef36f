import {
  anyObject,
  component,
  count,
  flag,
  list,
  nullable,
  number,
  object,
  text,
  told,
} from "../openapi/json-schema.ts";
import type { JsonSchema } from "../openapi/json-schema.ts";
import type { Operation, RequestBody } from "../openapi/operation.ts";

const [launches, registrations, cache] = ["launches", "registrations", "cache"];
const id = "The id of a launched model, whose slashes may be sent as they are.";
const type = "A task, as Xinference calls it: embedding, rerank, image.";
const name = "The name of a model that can be launched.";

const json = (reply: JsonSchema): Operation["reply"] => ({ "application/json": reply });
const sent = (required: boolean, body: JsonSchema): RequestBody => ({
  required,
  content: { "application/json": body },
});

const warnings = told(list(text), "What was not kept, or changes nothing here.");
const uid = told(text, "The id of the launched model.");
const replicaCount = { type: "integer", minimum: 1, maximum: 64 } as const;
const status = { type: "string", enum: ["LOADING", "READY", "ERROR"] } as const;
const keepAlive = told(
  { anyOf: [number, text] },
  'Seconds without requests after which the model\'s memory is free, a duration such as "5m", or -1 for ever.',
);

const launchFields: Readonly<Record<string, JsonSchema>> = {
  model_name: told(
    { ...text, minLength: 1 },
    "A model's name, a repository OWNER/NAME, or with model_path any name.",
  ),
  model_uid: told(nullable(text), "The id. Default: the name, with a number where it is taken."),
  model_type: told(nullable(text), "Its task. Default: any."),
  model_path: told(nullable(text), "A folder of the server's machine to launch."),
  replica: told(nullable(replicaCount), "Runs that may go on side by side. Default: 1."),
  n_gpu: told({ enum: ["auto", 1, 0, null] }, "null or 0 for the CPU. Default: auto."),
  gpu_idx: told({}, "The number of one GPU."),
  keep_alive: told(nullable({ anyOf: [number, text] }), "As in PATCH."),
};

export const clusterAuthOperation: Operation = {
  id: "getClusterAuth",
  tag: launches,
  summary: "Whether the server has keys, as Xinference's clients ask first.",
  reply: json(object({ auth: flag })),
};

export const listInstancesOperation: Operation = {
  id: "listInstances",
  tag: launches,
  summary: "How launches stand.",
  query: [
    { name: "model_name", description: "Those of a name alone.", schema: text },
    { name: "model_uid", description: "That of an id alone.", schema: text },
  ],
  reply: json(
    list(
      object(
        {
          model_name: text,
          model_uid: uid,
          model_version: { type: "null" },
          model_ability: list(text),
          replica: replicaCount,
          status,
          instance_created_ts: count,
          error_message: text,
        },
        ["model_name", "model_uid", "replica", "status", "instance_created_ts"],
      ),
    ),
  ),
};

export const launchProgressOperation: Operation = {
  id: "getLaunchProgress",
  tag: launches,
  summary: "How far a launch has come.",
  path: { id },
  reply: json(component("LoadProgress")),
  errors: [404],
};

export const launchModelOperation: Operation = {
  id: "launchModel",
  tag: launches,
  summary: "Launches a model.",
  query: [
    {
      name: "wait_ready",
      description: "false answers at once. Default: true, once the model can be asked.",
      schema: { type: "string", enum: ["true", "false", "1", "0"] },
    },
  ],
  body: sent(
    true,
    told(
      object(launchFields, ["model_name"]),
      "Every other field is an option of the model's family.",
    ),
  ),
  reply: json(object({ model_uid: uid, warnings }, ["model_uid"])),
  errors: [404, 500, 503],
};

const unloaded = json(object({ model_uid: uid, warnings }, ["model_uid"]));

export const cancelLaunchOperation: Operation = {
  id: "cancelLaunch",
  tag: launches,
  summary: "Gives a launch up that is under way.",
  path: { id },
  reply: unloaded,
  errors: [404],
};

export const unloadModelOperation: Operation = {
  id: "unloadModel",
  tag: launches,
  summary: "Unloads a model. Its runs finish, and requests that wait are refused.",
  path: { id },
  reply: unloaded,
  errors: [404],
};

export const changeModelOperation: Operation = {
  id: "changeModel",
  tag: launches,
  summary: "Changes a model while it is served.",
  path: { id },
  body: sent(true, object({ keep_alive: keepAlive, replica: replicaCount }, [])),
  reply: json(
    told(
      object({ model_uid: uid, replica: replicaCount, keep_alive: number, warnings }, [
        "model_uid",
      ]),
      "How the model is now. One that is loading tells what was changed alone.",
    ),
  ),
  errors: [404],
};

export const listReplicasOperation: Operation = {
  id: "listReplicas",
  tag: launches,
  summary: "The runs of a model that may go on side by side.",
  path: { id },
  reply: json(
    list(
      object(
        {
          replica_id: count,
          replica_model_uid: text,
          worker_address: text,
          status,
          created_ts: count,
          error_message: nullable(text),
          replica_uid: { type: "null" },
          gpu_idx: { type: "null" },
        },
        ["replica_id", "replica_model_uid", "status", "created_ts"],
      ),
    ),
  ),
  errors: [404],
};

export const addReplicaOperation: Operation = {
  id: "addReplica",
  tag: launches,
  summary: "Adds a run that may go on beside others.",
  path: { id },
  body: sent(
    false,
    object({ replica: told(nullable(replicaCount), "How many there are to be in all.") }, []),
  ),
  reply: json(
    object({ replica_id: count, replica_model_uid: text, worker_address: text, warnings }, [
      "replica_id",
      "replica_model_uid",
      "worker_address",
    ]),
  ),
  errors: [404],
};

export const removeReplicaOperation: Operation = {
  id: "removeReplica",
  tag: launches,
  summary: "Takes one such run away. They are alike, so any may be named.",
  path: { id, replica: "Its number, from 0." },
  reply: json(object({ remaining_replicas: count, warnings }, ["remaining_replicas"])),
  errors: [404],
};

export const listRegistrationsOperation: Operation = {
  id: "listRegistrations",
  tag: registrations,
  summary: "The models of a task that can be launched by name.",
  path: { type },
  query: [
    {
      name: "detailed",
      description: "true describes each.",
      schema: { type: "string", enum: ["true", "false"] },
    },
  ],
  reply: json(list(component("Registration"))),
};

export const getRegistrationOperation: Operation = {
  id: "getRegistration",
  tag: registrations,
  summary: "One of these models.",
  path: { type, name },
  reply: json(component("Registration")),
  errors: [404],
};

export const registerModelOperation: Operation = {
  id: "registerModel",
  tag: registrations,
  summary: "Registers a folder or a repository under a name.",
  path: { type },
  body: sent(
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
  reply: json(object({ model_name: text, warnings }, ["model_name"])),
  errors: [404, 500],
};

export const unregisterModelOperation: Operation = {
  id: "unregisterModel",
  tag: registrations,
  summary: "Forgets such a model. What is launched of it stays launched.",
  path: { type, name },
  reply: json(object({ model_name: text })),
  errors: [404, 500],
};

const version = {
  name: "model_version",
  description: "A model's name, or a repository OWNER/NAME.",
  schema: text,
  required: true,
};

export const listCachedOperation: Operation = {
  id: "listCachedModels",
  tag: cache,
  summary: "The repositories in the hub's cache.",
  query: [{ name: "model_name", description: "Those of a name alone.", schema: text }],
  reply: json(
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
  tag: cache,
  summary: "The folders that removing a model removes.",
  query: [version],
  reply: json(object({ model_version: text, worker_ip: { type: "null" }, paths: list(text) })),
};

export const removeCachedOperation: Operation = {
  id: "removeCachedModel",
  tag: cache,
  summary: "Removes a repository from the hub's cache.",
  query: [version],
  reply: json(object({ result: flag, bytes: count })),
  errors: [404],
};
