import type { BodySchema } from "./endpoint.ts";

/** Zod describes a part that JSON Schema has no word for as `{}`, which any value fits, instead of throwing. */
const libraryOptions = { unrepresentable: "any" };

/**
 * The body that an endpoint takes, as JSON Schema of draft 2020-12. Undefined when the schema is no Standard JSON Schema, or
 * cannot be told as one.
 */
export function bodyJsonSchema(body: BodySchema): Readonly<Record<string, unknown>> | undefined {
  const { jsonSchema } = body["~standard"];
  try {
    return jsonSchema?.input({ target: "draft-2020-12", libraryOptions });
  } catch {
    return undefined;
  }
}
