// @ts-check

/**
 * Sends a form by its button, or from anywhere within it by Ctrl+Enter or Cmd+Enter.
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
