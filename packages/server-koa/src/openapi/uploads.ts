import type { JsonSchema } from "./json-schema.ts";

/** The schema without what only a form can hold: uploads. undefined when nothing else is left. */
export function withoutUploads(schema: JsonSchema): JsonSchema | undefined {
  if (isUpload(schema)) return undefined;
  const { anyOf, oneOf, items, properties, required } = schema;
  const branches = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined;
  if (branches) {
    const left = branches.map(withoutUploads).filter((each) => each !== undefined);
    return left.length === 0 ? undefined : { ...schema, [anyOf ? "anyOf" : "oneOf"]: left };
  }
  if (isSchema(items)) {
    const left = withoutUploads(items);
    return left && { ...schema, items: left };
  }
  if (!isSchema(properties)) return schema;
  const all = Object.entries(properties as Readonly<Record<string, JsonSchema>>);
  const left = all.flatMap(([name, each]) => {
    const kept = withoutUploads(each);
    return kept ? [[name, kept] as const] : [];
  });
  const names = new Set(left.map(([name]) => name));
  const needed = (required ?? []) as readonly string[];
  if (!needed.every((name) => names.has(name) || !Object.hasOwn(properties, name)))
    return undefined;
  return { ...schema, properties: Object.fromEntries(left) };
}

/** The schema of a form's fields: a field that takes uploads takes these alone, and null cannot be sent. */
export function ofForm(schema: JsonSchema): JsonSchema {
  const { properties } = schema;
  if (!isSchema(properties)) return schema;
  const fields = Object.entries(properties as Readonly<Record<string, JsonSchema>>);
  return {
    ...schema,
    properties: Object.fromEntries(fields.map(([name, each]) => [name, ofField(each)])),
  };
}

function ofField(schema: JsonSchema): JsonSchema {
  const { anyOf, type } = schema;
  if (Array.isArray(type)) {
    const types = type.filter((each) => each !== "null");
    return { ...schema, type: types.length === 1 ? types[0] : types };
  }
  if (!Array.isArray(anyOf)) return schema;
  const branches = (anyOf as readonly JsonSchema[]).filter(({ type }) => type !== "null");
  const uploads = branches.filter(hasUpload);
  const left = (uploads.length > 0 ? uploads : branches).map(ofField);
  const { anyOf: _, ...words } = schema;
  return left.length === 1 ? { ...left[0], ...words } : { ...schema, anyOf: left };
}

function hasUpload(schema: JsonSchema): boolean {
  const { anyOf = [], oneOf = [], items } = schema;
  const inner = [...(anyOf as JsonSchema[]), ...(oneOf as JsonSchema[])];
  return isUpload(schema) || [...inner, ...(isSchema(items) ? [items] : [])].some(hasUpload);
}

function isUpload({ format, contentEncoding }: JsonSchema): boolean {
  return format === "binary" || contentEncoding === "binary";
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
