// @ts-check

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} FormField */

/**
 * Whether a field is part of the request: one that is empty, not ticked or not offered is left out.
 * @param {FormField} field
 */
export function isFilled(field) {
  return field.value !== "" && !field.matches(":disabled") && (!isBox(field) || field.checked);
}

/**
 * The name and value of a field in the request. A number has the type. A choice whose values are JSON has the attribute data-json.
 * @param {FormField} field
 * @returns {[string, any]}
 */
export function entryOf({ name, type, value, dataset }) {
  if ("json" in dataset) return [name, JSON.parse(value)];
  return [name, type === "number" ? Number(value) : value];
}

/**
 * @param {FormField} field
 * @param {string} value
 */
export function write(field, value) {
  if (isBox(field)) field.checked = field.value === value;
  else field.value = value;
  tell(field);
}

/**
 * Empties a field. A list goes back to its first choice.
 * @param {FormField} field
 */
export function clear(field) {
  if (isBox(field)) field.checked = false;
  else if (field instanceof HTMLSelectElement) field.selectedIndex = 0;
  else field.value = "";
  tell(field);
}

/** @param {FormField} field */
function tell(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * @param {FormField} field
 * @returns {field is HTMLInputElement}
 */
function isBox(field) {
  return field.type === "checkbox";
}
