// @ts-check
/** @import { Content, OpenApi, Reply } from "./api-document.js" */
/** @import { Schema } from "./schema.js" */

/**
 * One method of one path.
 * @typedef {object} Operation
 * @property {string} id
 * @property {string} tag
 * @property {string} method "POST"
 * @property {string} name Its path, as in the document: "/v1/models/{id}".
 * @property {string} path The same for requests: relative to the page, or a URL where it does not lie below the routes' prefix.
 * @property {string} summary
 * @property {string} [description]
 * @property {Parameter[]} parameters
 * @property {Content} [body]
 * @property {Record<string, Reply>} replies By their statuses.
 * @typedef {{ name: string, in: string, required?: boolean, description?: string, schema: Schema }} Parameter
 */

const methods = new Set(["get", "post", "put", "patch", "delete"]);

/**
 * The operations of a document, in its order.
 * @param {OpenApi} openApi
 * @returns {Operation[]}
 */
export function operationsOf({ paths, components }) {
  return Object.entries(paths).flatMap(([name, { servers, ...item }]) => {
    const root = servers?.[0]?.url;
    const path = root === undefined ? name.slice(1) : root + name;
    const own = Object.entries(item).filter(([method]) => methods.has(method));
    return own.map(([method, told]) => ({
      id: told.operationId,
      tag: told.tags[0],
      method: method.toUpperCase(),
      name,
      path,
      summary: told.summary,
      description: told.description,
      parameters: told.parameters ?? [],
      body: told.requestBody?.content,
      replies: repliesOf(told.responses, components.responses),
    }));
  });
}

/**
 * @param {Record<string, Reply | { $ref: string }>} told
 * @param {Record<string, Reply>} shared
 */
function repliesOf(told, shared) {
  const entries = Object.entries(told).map(([status, reply]) => {
    const whole = "$ref" in reply ? shared[reply.$ref.split("/").at(-1) ?? ""] : reply;
    return [status, whole];
  });
  return Object.fromEntries(entries);
}
