import { bodyJsonSchema, replyJsonSchema } from "@kindred/core";
import type { Endpoint, ReplySchema } from "@kindred/core";
import { component, list, text } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";
import type { Operation, RequestBody } from "./operation.ts";
import { ofForm, withoutUploads } from "./uploads.ts";

/** The operation of a plugin's endpoint, of the schemas that the endpoint has. */
export function endpointOperation(endpoint: Endpoint): Operation {
  const { path, task, summary = `Does the task "${task.name}".`, reply, stream } = endpoint;
  const json = reply && withWarnings(described(reply));
  return {
    id: operationId(path),
    tag: task.name,
    summary,
    body: requestBody(endpoint),
    reply: {
      "application/json": json ?? {},
      ...(stream && { "text/event-stream": eventsOf(stream) }),
    },
    errors: [404, 429, 499, 500, 503],
  };
}

/** "imagesGenerations" of "/v1/images/generations". */
function operationId(path: string): string {
  const words = path.replace(/^\/v1\//, "").match(/[a-z\d]+/gi) ?? ["endpoint"];
  return words.map((word, i) => (i === 0 ? word : word[0]!.toUpperCase() + word.slice(1))).join("");
}

/** Fields of every endpoint, which the server takes out of a body before the endpoint sees it. */
const ofServer = {
  keep_alive: {
    anyOf: [{ type: "number" }, { type: "string" }, { type: "null" }],
    description:
      'How long the model stays in memory without requests: seconds, a duration such as "5m", or -1 for ever.',
  },
} as const;

function requestBody({ body }: Endpoint): RequestBody {
  const told = bodyJsonSchema(body);
  const whole = told === undefined ? {} : withFields(plain(told), ofServer);
  const json = withoutUploads(whole);
  return {
    required: true,
    content: {
      ...(json && { "application/json": json }),
      "multipart/form-data": ofForm(whole),
    },
  };
}

function withWarnings(schema: JsonSchema): JsonSchema {
  const description = "How something was understood, or had no effect.";
  return withFields(schema, { warnings: { ...list(text), description } });
}

function withFields(schema: JsonSchema, fields: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const { type, properties } = schema;
  if (type !== "object" || properties === undefined) return schema;
  return { ...schema, properties: { ...properties, ...fields } };
}

/** The data of any event: those of the server itself, and the endpoint's own. The last may have warnings. */
function eventsOf({ events = {} }: NonNullable<Endpoint["stream"]>): JsonSchema {
  const own = Object.entries(events).map(([event, schema]) => ({
    title: event,
    ...withWarnings(described(schema)),
  }));
  const isTold = own.length > 0;
  return {
    description:
      "The `data` of each event. `event` names its kind, which `type` repeats, but for `error`.",
    anyOf: [...["StateEvent", "ProgressEvent", "Error"].map(component), ...(isTold ? own : [{}])],
  };
}

function described(schema: ReplySchema): JsonSchema {
  return plain(replyJsonSchema(schema) ?? {});
}

/** The dialect is the document's own. */
function plain(schema: JsonSchema): JsonSchema {
  const { $schema: _dialect, ...own } = schema;
  return own;
}
