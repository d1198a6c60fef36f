// @ts-check
import { copyOf, pick } from "./find.js";

/** Shows the request that a form would send as a command line, when it is opened. */
export class Curl {
  #details;
  #requestOf;
  #code;

  /**
   * @param {HTMLDetailsElement} details
   * @param {() => { path: string, body: unknown }} requestOf
   */
  constructor(details, requestOf) {
    this.#details = details;
    this.#requestOf = requestOf;
    const body = copyOf("curl-template");
    this.#code = pick(body, "code", HTMLElement);
    copyButton(pick(body, "button", HTMLButtonElement), () => this.#code.textContent);
    details.append(body);
    details.addEventListener("toggle", () => this.update());
  }

  update() {
    if (!this.#details.open) return;
    this.#code.textContent = this.#line();
  }

  /** The command, or why the fields make no request yet. */
  #line() {
    try {
      return commandOf(this.#requestOf());
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** @param {{ path: string, body: unknown }} request */
function commandOf({ path, body }) {
  const json = JSON.stringify(body, null, 2).replaceAll("\n", "\n  ");
  return [
    `curl -N ${new URL(path, document.baseURI)}`,
    `-H 'content-type: application/json'`,
    `-d '${json.replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ");
}

/**
 * Makes a button copy a text. Browsers allow that only to pages from HTTPS or from this machine; elsewhere it is hidden.
 * @param {HTMLButtonElement} button
 * @param {() => string | null} textOf
 */
function copyButton(button, textOf) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(textOf() ?? "");
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy"), 1_500);
  });
}
