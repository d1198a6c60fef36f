// @ts-check
import { copyOf, pick } from "../find.js";
import { alternatives } from "./schema.js";
import { typeWords } from "./type-words.js";
/** @import { Parameter } from "./operations.js" */
/** @import { Root, Schema } from "./schema.js" */

/** How deep objects within objects are shown: a schema may refer to itself. */
const maxDepth = 4;

/**
 * A list of the fields of an object, with those of the objects within.
 * @param {Schema} schema
 * @param {Root} root
 */
export function fieldList(schema, root, depth = maxDepth) {
  const list = document.createElement("ul");
  list.className = "docs-fields";
  for (const { properties = {}, required = [] } of objectsOf(schema, root)) {
    for (const [name, each] of Object.entries(properties)) {
      list.append(
        fieldItem({ name, schema: each, required: required.includes(name) }, root, depth),
      );
    }
  }
  return list;
}

/**
 * A list of parameters.
 * @param {Parameter[]} parameters
 * @param {Root} root
 */
export function parameterList(parameters, root) {
  const list = document.createElement("ul");
  list.className = "docs-fields";
  list.append(...parameters.map((each) => fieldItem(each, root, maxDepth)));
  return list;
}

/**
 * @param {{ name: string, schema: Schema, required?: boolean, description?: string }} field
 * @param {Root} root
 * @param {number} depth
 */
function fieldItem(
  { name, schema, required = false, description = schema.description },
  root,
  depth,
) {
  const item = copyOf("field-template");
  pick(item, ".field-name", HTMLElement).textContent = name;
  pick(item, ".field-type", HTMLElement).textContent = typeWords(schema, root);
  pick(item, ".field-required", HTMLElement).hidden = !required;
  const words = pick(item, ".field-words", HTMLElement);
  words.textContent = description ?? "";
  words.hidden = description === undefined;
  if (depth > 0 && objectsOf(schema, root).length > 0)
    item.append(fieldList(schema, root, depth - 1));
  return item;
}

/**
 * The objects with fields that a schema takes, alone or in a list.
 * @param {Schema} schema
 * @param {Root} root
 * @returns {Schema[]}
 */
function objectsOf(schema, root) {
  return alternatives(schema, root).flatMap((each) => {
    if (each.properties) return [each];
    return each.items ? alternatives(each.items, root).filter(({ properties }) => properties) : [];
  });
}
