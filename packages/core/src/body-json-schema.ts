import type { BodySchema, ReplySchema } from "./endpoint.ts";
import { isJsonObject } from "./json-object.ts";

/** Zod describes a part that JSON Schema has no word for as `{}`, which any value fits, instead of throwing. */
const options = { target: "draft-2020-12", libraryOptions: { unrepresentable: "any" } } as const;

/**
 * The body that an endpoint takes, as JSON Schema of draft 2020-12. Undefined when the schema is no Standard JSON Schema, or
 * cannot be told as one.
 */
export function bodyJsonSchema(body: BodySchema): Readonly<Record<string, unknown>> | undefined {
  return asJson(() => body["~standard"].jsonSchema?.input(options));
}

/** The JSON that an endpoint's reply or event is, in the same way. Undefined when it cannot be told. */
export function replyJsonSchema(reply: ReplySchema): Readonly<Record<string, unknown>> | undefined {
  return asJson(() => reply["~standard"].jsonSchema.output(options));
}

/** What a library tells, as JSON. It may throw, and tell what is no JSON, such as an object within itself. */
function asJson(tell: () => unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const told: unknown = JSON.parse(JSON.stringify(tell()));
    return isJsonObject(told) ? told : undefined;
  } catch {
    return undefined;
  }
}
