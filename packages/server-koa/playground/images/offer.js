// @ts-check

/**
 * Shows a group of fields, or hides it and leaves its fields out of the request.
 * @param {HTMLFieldSetElement} group
 * @param {boolean} whether
 */
export function offer(group, whether) {
  group.hidden = !whether;
  group.disabled = !whether;
}
