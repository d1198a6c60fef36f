// @ts-check
import { alternatives, isUpload, typesOf } from "./schema.js";
/** @import { CurlRequest } from "../curl.js" */
/** @import { Operation } from "./operations.js" */
/** @import { Root, Schema } from "./schema.js" */

/** How deep an example goes: a schema may refer to itself. */
const maxDepth = 6;

/**
 * A request with the fields that an operation requires, and with a model. One that needs a file is a form.
 * @param {Operation} operation
 * @param {Root} root
 * @param {string | undefined} model An id of a model that serves it.
 * @returns {CurlRequest}
 */
export function exampleOf({ method, path, body }, root, model) {
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name) => name.toUpperCase());
  const request = { method, path: at };
  if (!body) return request;
  const form = body["multipart/form-data"]?.schema;
  const needed = form ? requiredOf(form, root) : [];
  const uploads = needed.filter(([, schema]) => alternatives(schema, root).some(isUpload));
  const json = body["application/json"]?.schema;
  const schema = uploads.length > 0 || !json ? form : json;
  if (!schema) return request;
  const names = new Set(uploads.map(([name]) => name));
  const fields = requiredOf(schema, root).filter(([name]) => !names.has(name));
  const [{ properties = {} } = {}] = alternatives(schema, root);
  const asked = model !== undefined && properties["model"] ? { model } : {};
  const values = fields.map(([name, each]) => [name, valueOf(each, root)]);
  return {
    ...request,
    body: { ...asked, ...Object.fromEntries(values) },
    files: Object.fromEntries([...names].map((name) => [name, `${name}.png`])),
  };
}

/**
 * @param {Schema} schema
 * @param {Root} root
 */
function requiredOf(schema, root) {
  const [{ properties = {}, required = [] } = {}] = alternatives(schema, root);
  return Object.entries(properties).filter(([name]) => required.includes(name));
}

/**
 * A small value that a schema takes.
 * @param {Schema} schema
 * @param {Root} root
 * @returns {unknown}
 */
function valueOf(schema, root, depth = maxDepth) {
  const all = alternatives(schema, root);
  const own = all.find((each) => !typesOf(each).includes("null")) ?? all[0] ?? {};
  const told = [...(own.examples ?? []), own.default, own.const, ...(own.enum ?? [])];
  const first = told.find((value) => value !== undefined);
  if (first !== undefined) return first;
  const [type] = typesOf(own);
  if (type === "boolean") return true;
  if (type === "integer" || type === "number") return Math.max(own.minimum ?? 1, 1);
  if (type === "array") return depth === 0 ? [] : [valueOf(own.items ?? {}, root, depth - 1)];
  if (type !== "object") return "a red fox";
  if (depth === 0) return {};
  const fields = requiredOf(own, root);
  return Object.fromEntries(fields.map(([name, each]) => [name, valueOf(each, root, depth - 1)]));
}
