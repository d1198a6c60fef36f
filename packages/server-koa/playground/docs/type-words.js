// @ts-check
import { alternatives, isUpload, typesOf } from "./schema.js";
/** @import { Root, Schema } from "./schema.js" */

/** How deep lists within lists are told. */
const maxDepth = 4;

/**
 * The type of a schema in words: "string or list of string".
 * @param {Schema} schema
 * @param {Root} root
 * @returns {string}
 */
export function typeWords(schema, root, depth = maxDepth) {
  const all = alternatives(schema, root).map((each) => wordsOf(each, root, depth));
  return [...new Set(all)].join(" or ");
}

/**
 * @param {Schema} schema Without alternatives.
 * @param {Root} root
 * @param {number} depth
 */
function wordsOf(schema, root, depth) {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (isUpload(schema)) return "file";
  const { items } = schema;
  const types = typesOf(schema).map((type) => {
    if (type !== "array" || !items || depth === 0) return type === "array" ? "list" : type;
    return `list of ${typeWords(items, root, depth - 1)}`;
  });
  const bounds = boundWords(schema);
  return [types.join(" or ") || "any value", bounds].filter(Boolean).join(" ");
}

/** @param {Schema} schema */
function boundWords({ minimum, maximum, maxLength, maxItems }) {
  // The schemas of integers have JavaScript's own bounds where they have no other.
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER / 2 ? maximum : undefined;
  if (minimum !== undefined && most !== undefined) return `from ${minimum} to ${most}`;
  if (minimum !== undefined) return `of at least ${minimum}`;
  if (most !== undefined) return `up to ${most}`;
  if (maxLength !== undefined) return `up to ${maxLength} characters`;
  return maxItems === undefined ? "" : `up to ${maxItems} items`;
}
