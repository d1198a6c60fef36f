import { jsonBody, jsonReply } from "../openapi/json-content.ts";
import {
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
import type { Operation } from "../openapi/operation.ts";
import { maxReplicas } from "./launch-body.ts";

const tag = "launches";
const id = "The id of a launched model, whose slashes may be sent as they are.";

const warnings = told(list(text), "What was not kept, or changes nothing here.");
const uid = told(text, "The id of the launched model.");
const replicaCount = { type: "integer", minimum: 1, maximum: maxReplicas } as const;
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
  tag,
  summary: "Whether the server has keys, as Xinference's clients ask first.",
  reply: jsonReply(object({ auth: flag })),
};

export const listInstancesOperation: Operation = {
  id: "listInstances",
  tag,
  summary: "How launches stand.",
  query: [
    { name: "model_name", description: "Those of a name alone.", schema: text },
    { name: "model_uid", description: "That of an id alone.", schema: text },
  ],
  reply: jsonReply(
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
  tag,
  summary: "How far a launch has come.",
  path: { id },
  reply: jsonReply(component("LoadProgress")),
  errors: [404],
};

export const launchModelOperation: Operation = {
  id: "launchModel",
  tag,
  summary: "Launches a model.",
  query: [
    {
      name: "wait_ready",
      description: "false answers at once. Default: true, once the model can be asked.",
      schema: { type: "string", enum: ["true", "false", "1", "0"] },
    },
  ],
  body: jsonBody(
    true,
    told(
      object(launchFields, ["model_name"]),
      "Every other field is an option of the model's family.",
    ),
  ),
  reply: jsonReply(object({ model_uid: uid, warnings }, ["model_uid"])),
  errors: [404, 500, 503],
};

const unloaded = jsonReply(object({ model_uid: uid, warnings }, ["model_uid"]));

export const cancelLaunchOperation: Operation = {
  id: "cancelLaunch",
  tag,
  summary: "Gives a launch up that is under way.",
  path: { id },
  reply: unloaded,
  errors: [404],
};

export const unloadModelOperation: Operation = {
  id: "unloadModel",
  tag,
  summary: "Unloads a model. Its runs finish, and requests that wait are refused.",
  path: { id },
  reply: unloaded,
  errors: [404],
};

export const changeModelOperation: Operation = {
  id: "changeModel",
  tag,
  summary: "Changes a model while it is served.",
  path: { id },
  body: jsonBody(true, object({ keep_alive: keepAlive, replica: replicaCount }, [])),
  reply: jsonReply(
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
  tag,
  summary: "The runs of a model that may go on side by side.",
  path: { id },
  reply: jsonReply(
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
  tag,
  summary: "Adds a run that may go on beside others.",
  path: { id },
  body: jsonBody(
    false,
    object({ replica: told(nullable(replicaCount), "How many there are to be in all.") }, []),
  ),
  reply: jsonReply(
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
  tag,
  summary: "Takes one such run away. They are alike, so any may be named.",
  path: { id, replica: "Its number, from 0." },
  reply: jsonReply(object({ remaining_replicas: count, warnings }, ["remaining_replicas"])),
  errors: [404],
};
