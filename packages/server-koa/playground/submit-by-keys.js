// @ts-check

/**
 * Sends a form by its button, and from anywhere within it by Ctrl or Cmd and Enter.
 * @param {HTMLFormElement} form
 * @param {() => void} send
 */
export function submitByKeys(form, send) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
