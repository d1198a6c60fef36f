/** JSON Schema of draft 2020-12, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema of the document's components. */
export function component(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** An object with these members, of which some are required. It may have others. */
export function object(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = Object.keys(properties),
): JsonSchema {
  return { type: "object", properties, ...(required.length > 0 && { required }) };
}

/** The same schema, or null. */
export function nullable(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: "null" }] };
}

export const text: JsonSchema = { type: "string" };
export const flag: JsonSchema = { type: "boolean" };
export const count: JsonSchema = { type: "integer", minimum: 0 };
export const number: JsonSchema = { type: "number" };
export const anyObject: JsonSchema = { type: "object" };

export function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** Words about a schema. */
export function told(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description };
}
