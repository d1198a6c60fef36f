// @ts-check

/**
 * A part of a JSON Schema of an OpenAPI document.
 * @typedef {object} Schema
 * @property {string | string[]} [type]
 * @property {string} [title]
 * @property {string} [description]
 * @property {string} [format]
 * @property {string} [contentEncoding]
 * @property {unknown} [default]
 * @property {unknown[]} [examples]
 * @property {unknown[]} [enum]
 * @property {unknown} [const]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 * @property {number} [maxLength]
 * @property {string} [$ref]
 * @property {Schema[]} [anyOf]
 * @property {Schema[]} [oneOf]
 * @property {Schema[]} [allOf]
 * @property {Schema} [items]
 * @property {Schema[]} [prefixItems]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 */

/** The whole document, which references lead into. @typedef {object} Root */

/** References that are followed one after another: a schema may refer to itself. */
const maxReferences = 16;

/**
 * The schema that a reference names, or itself. A reference to nothing is any value.
 * @param {Schema} schema
 * @param {Root} root
 * @returns {Schema}
 */
export function resolved(schema, root) {
  let found = schema;
  for (let i = 0; found.$ref !== undefined; i++) {
    if (i === maxReferences) return {};
    const { $ref, ...words } = found;
    found = { ...at($ref, root), ...words };
  }
  return found;
}

/**
 * @param {string} pointer "#/components/schemas/Error"
 * @param {Root} root
 * @returns {Schema}
 */
function at(pointer, root) {
  /** @type {any} */
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    value = value?.[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  }
  return value ?? {};
}

/**
 * The alternatives of a schema, each resolved. One without any is its own.
 * @param {Schema} schema
 * @param {Root} root
 * @returns {Schema[]}
 */
export function alternatives(schema, root, depth = maxReferences) {
  const own = resolved(schema, root);
  const branches = own.anyOf ?? own.oneOf;
  if (!branches || depth === 0) return [own];
  return branches.flatMap((branch) => alternatives(branch, root, depth - 1));
}

/** @param {Schema} schema */
export function isUpload({ format, contentEncoding }) {
  return format === "binary" || contentEncoding === "binary";
}

/**
 * The schema's types, without repeats.
 * @param {Schema} schema
 */
export function typesOf({ type, properties }) {
  return [type ?? (properties ? "object" : [])].flat();
}
