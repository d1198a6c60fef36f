// @ts-check
/** @import { JsonSchema } from "../api/endpoints.js" */

/**
 * A field of a form, made of a property of a JSON Schema.
 * "lines": strings, one in each line. "json": what no other kind can hold. "file": what a form uploads.
 * @typedef {"text" | "number" | "boolean" | "choice" | "lines" | "json" | "file"} FieldKind
 * @typedef {object} SchemaField
 * @property {string} name As in the request.
 * @property {FieldKind} kind
 * @property {boolean} required
 * @property {JsonSchema} schema Without references, and without null.
 */

/**
 * The fields of a body. Undefined when the schema does not list them.
 * @param {JsonSchema | null} body
 * @returns {SchemaField[] | undefined}
 */
export function fieldsOf(body) {
  if (!body) return undefined;
  const { properties, required = [] } = plain(body, body);
  if (!properties) return undefined;
  return Object.entries(properties).map(([name, property]) => {
    const schema = plain(property, body);
    return { name, kind: kindOf(schema, body), required: required.includes(name), schema };
  });
}

/**
 * A schema with its references followed, and without the null that stands for an absent value.
 * @param {JsonSchema} schema
 * @param {JsonSchema} root
 * @param {number} depth How often it may still go on: a schema may refer to itself.
 * @returns {JsonSchema}
 */
function plain(schema, root, depth = 16) {
  if (depth === 0) return {};
  const { $ref, anyOf, oneOf, type, ...own } = schema;
  const [, name] = /^#\/\$defs\/(.+)$/.exec($ref ?? "") ?? [];
  const defined = name === undefined ? undefined : root.$defs?.[name];
  if (defined) return { ...plain(defined, root, depth - 1), ...own };
  const branches = (anyOf ?? oneOf ?? []).filter((branch) => branch.type !== "null");
  const [only] = branches;
  if (only && branches.length === 1) return { ...plain(only, root, depth - 1), ...own };
  const types = [type ?? []].flat().filter((each) => each !== "null");
  return types.length === 1 ? { ...schema, type: types[0] ?? "" } : schema;
}

/**
 * @param {JsonSchema} schema
 * @param {JsonSchema} root
 * @returns {FieldKind}
 */
function kindOf(schema, root) {
  const { type, enum: values, const: value, items, anyOf = [] } = schema;
  if ([schema, ...anyOf].some(isUpload)) return "file";
  if (values || value !== undefined) return "choice";
  if (type === "string") return "text";
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean") return "boolean";
  return type === "array" && items && takesStrings(items, root) ? "lines" : "json";
}

/** @param {JsonSchema} schema */
function isUpload({ contentEncoding, format }) {
  return contentEncoding === "binary" || format === "binary";
}

/**
 * @param {JsonSchema} schema
 * @param {JsonSchema} root
 */
function takesStrings(schema, root) {
  const { type, anyOf, oneOf } = plain(schema, root);
  const branches = anyOf ?? oneOf ?? [];
  return type === "string" || branches.some((branch) => plain(branch, root).type === "string");
}
