import type { JsonSchema } from "./json-schema.ts";
import type { Operation, RequestBody } from "./operation.ts";

/** A reply of JSON. */
export function jsonReply(schema: JsonSchema): Operation["reply"] {
  return { "application/json": schema };
}

/** A body of JSON. */
export function jsonBody(required: boolean, schema: JsonSchema): RequestBody {
  return { required, content: { "application/json": schema } };
}
