import type { BodySchema, ReplySchema } from "./endpoint.ts";

/** Zod describes a part that JSON Schema has no word for as `{}`, which any value fits, instead of throwing. */
const options = { target: "draft-2020-12", libraryOptions: { unrepresentable: "any" } } as const;

/**
 * The body that an endpoint takes, as JSON Schema of draft 2020-12. Undefined when the schema is no Standard JSON Schema, or
 * cannot be told as one.
 */
export function bodyJsonSchema(body: BodySchema): Readonly<Record<string, unknown>> | undefined {
  const { jsonSchema } = body["~standard"];
  try {
    return jsonSchema?.input(options);
  } catch {
    return undefined;
  }
}

/** The JSON that an endpoint's reply or event is, in the same way. Undefined when it cannot be told. */
export function replyJsonSchema(reply: ReplySchema): Readonly<Record<string, unknown>> | undefined {
  try {
    return reply["~standard"].jsonSchema.output(options);
  } catch {
    return undefined;
  }
}
