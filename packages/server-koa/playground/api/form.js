// @ts-check

/**
 * A request as `multipart/form-data`: every field as text, an object or a list as JSON, and uploads beside them.
 * @param {Record<string, unknown>} fields
 * @param {Partial<Record<string, File>>} files
 */
export function formOf(fields, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, formText(value));
  for (const [name, file] of Object.entries(files)) if (file) form.append(name, file);
  return form;
}

/**
 * A field's value as a form has it.
 * @param {unknown} value
 */
export function formText(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
