// @ts-check
/** @import { SchemaField } from "./schema-fields.js" */

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * The control of a field by its kind, with the schema's bounds, default and first example.
 * @param {SchemaField} field
 * @returns {Control}
 */
export function controlOf(field) {
  const { kind, schema } = field;
  if (kind === "boolean") return selectOf(field, [true, false]);
  if (kind === "choice") return selectOf(field, schema.enum ?? [schema.const]);
  if (kind === "file") return fileInput();
  return kind === "number" ? numberInput(field) : textArea(field);
}

/** @param {SchemaField} field */
function numberInput({ schema }) {
  const { type, minimum, maximum } = schema;
  const input = document.createElement("input");
  input.type = "number";
  input.step = type === "integer" ? "1" : "any";
  input.placeholder = shown(schema.default);
  if (minimum !== undefined) input.min = String(minimum);
  if (maximum !== undefined) input.max = String(maximum);
  return input;
}

function fileInput() {
  return Object.assign(document.createElement("input"), { type: "file" });
}

/** @param {SchemaField} field */
function textArea({ kind, schema }) {
  const [example] = schema.examples ?? [];
  const area = document.createElement("textarea");
  area.rows = 2;
  area.placeholder = shown(schema.default);
  area.classList.toggle("code", kind === "json");
  area.value = Array.isArray(example) && kind === "lines" ? example.join("\n") : shown(example);
  return area;
}

/**
 * A list of values as JSON. The first leaves the field out.
 * @param {SchemaField} field
 * @param {unknown[]} values
 */
function selectOf({ required, schema }, values) {
  const select = document.createElement("select");
  const own = schema.default === undefined ? "Not sent" : `Not sent: ${shown(schema.default)}`;
  const offered = values.map((value) => new Option(shown(value), JSON.stringify(value)));
  select.append(new Option(required ? "Choose one" : own, ""), ...offered);
  return select;
}

/**
 * A value as people write it: a string without quotes, all else as JSON, nothing when there is none.
 * @param {unknown} value
 */
function shown(value) {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
