// @ts-check
import { copyOf, pick } from "../find.js";
import { fieldList } from "./field-list.js";
import { part } from "./part.js";
import { alternatives, resolved } from "./schema.js";
import { typeWords } from "./type-words.js";
/** @import { Reply } from "./api-document.js" */
/** @import { Root, Schema } from "./schema.js" */

/**
 * The replies of an operation: those that are no error with their fields and events, and a list of the errors with their codes.
 * @param {Record<string, Reply>} replies
 * @param {Root} root
 * @returns {HTMLElement[]}
 */
export function replyParts(replies, root) {
  const all = Object.entries(replies);
  const told = all.filter(([status]) => Number(status) < 400 || !isError(replies[status], root));
  const errors = all.filter((entry) => !told.some(([status]) => status === entry[0]));
  const list = document.createElement("ul");
  list.className = "docs-fields";
  list.append(...errors.map(([status, reply]) => errorItem(status, reply, root)));
  const parts = told.flatMap(([status, reply]) => contentParts(status, reply, root));
  return [...parts, part("Errors", errors.map(([status]) => status).join(", "), list)];
}

/**
 * @param {string} status
 * @param {Reply} reply
 * @param {Root} root
 */
function contentParts(status, { description, content = {} }, root) {
  return Object.entries(content).map(([type, { schema }]) => {
    if (type === "text/event-stream") return part("Events", type, ...eventParts(schema, root));
    return part(`Reply ${status}`, `${type} · ${description}`, shapeOf(schema, root));
  });
}

/**
 * The fields of an object, or what else it is in words.
 * @param {Schema} schema
 * @param {Root} root
 */
function shapeOf(schema, root) {
  const list = fieldList(schema, root);
  if (list.childElementCount > 0) return list;
  const words = document.createElement("p");
  words.className = "hint";
  words.textContent = `It is ${typeWords(schema, root)}.`;
  return words;
}

/**
 * @param {Schema} schema
 * @param {Root} root
 */
function eventParts(schema, root) {
  return (schema.anyOf ?? resolved(schema, root).anyOf ?? [schema]).map((branch) => {
    const { title, description = "", properties } = resolved(branch, root);
    const type = properties?.["type"]?.const;
    const name = title ?? (type === undefined ? "error" : String(type));
    return part(name, description, shapeOf(branch, root));
  });
}

/**
 * @param {string} status
 * @param {Reply} reply
 * @param {Root} root
 */
function errorItem(status, reply, root) {
  const item = copyOf("error-template");
  pick(item, "strong", HTMLElement).textContent = status;
  pick(item, "span", HTMLElement).textContent = reply.description;
  const codes = codesOf(reply, root).map((code) => code ?? "null");
  pick(item, "p", HTMLElement).textContent = `code: ${codes.join(", ")}`;
  return item;
}

/**
 * @param {Reply | undefined} reply
 * @param {Root} root
 */
function isError(reply, root) {
  return reply !== undefined && codesOf(reply, root).length > 0;
}

/**
 * The codes of errors. Each error is the shared body together with an enum of its own codes.
 * @param {Reply} reply
 * @param {Root} root
 * @returns {unknown[]}
 */
function codesOf({ content = {} }, root) {
  const { allOf = [] } = content["application/json"]?.schema ?? {};
  return allOf.flatMap((each) => {
    const [error] = alternatives(resolved(each, root).properties?.["error"] ?? {}, root);
    return error?.properties?.["code"]?.enum ?? [];
  });
}
