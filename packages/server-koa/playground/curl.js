// @ts-check
import { formText } from "./api/form.js";
import { visitKey } from "./api/visit-key.js";
import { copyOf, pick } from "./find.js";

/**
 * A request, a POST unless it says otherwise, and the files that go with it by their fields: one with any is a form, others are JSON.
 * @typedef {{ method?: string, path: string, body?: object, files?: Record<string, string> }} CurlRequest
 */

/** Shows the request that a form would send as a command line, when it is opened. */
export class Curl {
  #details;
  #requestOf;
  #code;

  /**
   * @param {HTMLDetailsElement} details
   * @param {() => CurlRequest} requestOf
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

/** @param {CurlRequest} request */
function commandOf({ method = "POST", path, body, files = {} }) {
  const isForm = Object.keys(files).length > 0;
  const options = isForm ? formOptions(body ?? {}, files) : body ? jsonOptions(body) : [];
  const usual = options.length > 0 ? "POST" : "GET";
  const verb = method === usual ? [] : [`-X ${method}`];
  const { href } = new URL(path, document.baseURI);
  // Shells read a question mark as a pattern.
  const url = href.includes("?") ? quoted(href) : href;
  // The key itself stays out of the shell's history.
  const key = visitKey.value === "" ? [] : ['-H "authorization: Bearer $KINDRED_API_KEY"'];
  return [`curl -N ${url}`, ...verb, ...key, ...options].join(" \\\n  ");
}

/** @param {object} body */
function jsonOptions(body) {
  const json = JSON.stringify(body, null, 2).replaceAll("\n", "\n  ");
  return [`-H 'content-type: application/json'`, `-d ${quoted(json)}`];
}

/**
 * @param {object} body
 * @param {Record<string, string>} files
 */
function formOptions(body, files) {
  // curl would take a text that begins with @ or < for a file with -F.
  const texts = Object.entries(body).map(
    ([name, value]) => `--form-string ${quoted(`${name}=${formText(value)}`)}`,
  );
  const uploads = Object.entries(files).map(
    ([field, name]) => `-F ${quoted(`${field}=@${uploadName(name)}`)}`,
  );
  return [...texts, ...uploads];
}

/**
 * A comma or semicolon would end a file's name.
 * @param {string} name
 */
function uploadName(name) {
  return /[,;"\\]/.test(name) ? `"${name.replaceAll(/["\\]/g, "\\$&")}"` : name;
}

/** @param {string} text */
function quoted(text) {
  return /^[\w=@./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
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
