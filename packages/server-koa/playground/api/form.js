// @ts-check

/**
 * A request as `multipart/form-data`: every field as text, and uploads beside them.
 * @param {Record<string, unknown>} fields
 * @param {Partial<Record<string, File>>} files
 */
export function formOf(fields, files) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
  for (const [name, file] of Object.entries(files)) if (file) form.append(name, file);
  return form;
}
