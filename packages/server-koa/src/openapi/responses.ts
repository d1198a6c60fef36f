import { codesOf } from "../errors.ts";
import { component, count, text, told } from "./json-schema.ts";
import type { JsonSchema } from "./json-schema.ts";

/** What the statuses of errors mean. */
const meanings: ReadonlyMap<number, string> = new Map([
  [400, "The request is wrong, or the model or the server does not have what it asks for."],
  [401, "The key is missing or unknown."],
  [403, "A page of another site asks, or who may not launch models."],
  [404, "There is no such model, request or file."],
  [408, "The body stopped coming."],
  [413, "The body is too large."],
  [415, "The body's type, charset or encoding is not taken."],
  [416, "The range is not in the file."],
  [421, "The request is for a host that is not this server's."],
  [429, "Too much is under way, or a limit is reached. `retry-after` says when to ask again."],
  [499, "The request was aborted."],
  [500, "A model cannot be loaded, a run failed, or the server has a fault."],
  [503, "A device or a disk can never hold what is asked for, or the server closes."],
]);

/** OpenAI's headers of a server with limits. */
const limits: Readonly<Record<string, object>> = Object.fromEntries(
  ["requests", "tokens"].flatMap((what) => [
    limitHeader(`limit-${what}`, `The ${what} of a minute, where a limit holds.`, count),
    limitHeader(`remaining-${what}`, `The ${what} of it that are left.`, count),
    limitHeader(`reset-${what}`, 'The time until all are left again, as in "6m0s".', text),
  ]),
);

/** The headers of replies that are not on errors alone. */
const always: Readonly<Record<string, object>> = {
  "x-request-id": {
    description: "The request's own `X-Request-Id`, or one that was made.",
    schema: text,
  },
  "openai-processing-ms": { description: "Milliseconds until the reply began.", schema: text },
  ...limits,
};

const retries: Readonly<Record<string, object>> = {
  "retry-after": { description: "Seconds to wait. Absent where nobody knows.", schema: count },
  "retry-after-ms": { description: "The same in milliseconds.", schema: count },
  "x-should-retry": {
    description: "false where the same request fails again.",
    schema: { const: "false" },
  },
};

const namesOf = (headers: Readonly<Record<string, object>>): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(
    Object.keys(headers).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );

/** The headers of the document's components. */
export const sharedHeaders: Readonly<Record<string, object>> = { ...always, ...retries };

/** Errors of every status, as the document's components. */
export const errorResponses: Readonly<Record<string, object>> = Object.fromEntries(
  [...meanings].map(([status, description]) => [
    nameOf(status),
    errorResponse(status, description),
  ]),
);

/** A reply that is no error. */
export function response(
  description: string,
  content: Readonly<Record<string, JsonSchema>>,
): object {
  return { description, headers: namesOf(always), content: mediaOf(content) };
}

/** Schemas by media types, as bodies and replies have them. */
export function mediaOf(content: Readonly<Record<string, JsonSchema>>): object {
  return Object.fromEntries(Object.entries(content).map(([type, schema]) => [type, { schema }]));
}

/** The error of a status. */
export function errorReference(status: number): JsonSchema {
  return { $ref: `#/components/responses/${nameOf(status)}` };
}

function limitHeader(
  name: string,
  description: string,
  schema: JsonSchema,
): readonly [string, object] {
  return [`x-ratelimit-${name}`, { description, schema }];
}

function nameOf(status: number): string {
  return `Error${status}`;
}

function errorResponse(status: number, description: string): object {
  const codes = codesOf(status);
  const code = told({ enum: codes }, "Other versions may have others.");
  const schema = {
    allOf: [component("Error"), { properties: { error: { properties: { code } } } }],
  };
  return {
    description,
    headers: namesOf({ ...always, ...retries }),
    content: { "application/json": { schema } },
  };
}
