// @ts-check
import { ask, pathOf } from "../api/endpoints.js";
import { ServerGone } from "../api/errors.js";
import { Curl } from "../curl.js";
import { copyOf, pick } from "../find.js";
import { ModelSelect } from "../model-select.js";
import { Problem } from "../problem.js";
import { submitByKeys } from "../submit-by-keys.js";
import { Answer } from "./answer.js";
import { BodyForm } from "./body-form.js";
/** @import { Endpoint } from "../api/endpoints.js" */
/** @import { Catalogue } from "../catalogue.js" */

/** The panel of a plugin's endpoint: a form of its body, its reply as it comes, and the pictures in it. */
export class TaskView {
  panel = copyOf("task-template");
  #endpoint;
  #catalogue;
  #models;
  #form;
  #answer;
  #problem;
  #send = pick(this.panel, ".send", HTMLButtonElement);
  #noModel = pick(this.panel, ".no-model", HTMLElement);
  #listening = new AbortController();
  /** @type {AbortController | undefined} */
  #asking;

  /**
   * @param {Endpoint} endpoint
   * @param {string} name
   * @param {Catalogue} catalogue
   */
  constructor(endpoint, name, catalogue) {
    const { panel } = this;
    const { signal } = this.#listening;
    const select = document.createElement("select");
    panel.id = `task${endpoint.path.replace(/\W+/g, "-")}`;
    pick(panel, "h2", HTMLElement).textContent = name;
    this.#noModel.textContent = `No model of the task "${endpoint.task}" is served here. Start the server with one: kindred serve --model ID=PATH`;
    this.#endpoint = endpoint;
    this.#catalogue = catalogue;
    this.#models = new ModelSelect(select, catalogue, endpoint.task, signal);
    this.#form = new BodyForm(endpoint, panel, select);
    this.#answer = new Answer(pick(panel, ".answer", HTMLElement), name);
    const form = pick(panel, "form", HTMLFormElement);
    const box = pick(panel, ".problem", HTMLElement);
    box.id = `${panel.id}-problem`;
    this.#problem = new Problem(box, (error) => this.#form.controlOf(error));
    const curl = new Curl(pick(panel, ".curl", HTMLDetailsElement), () => ({
      path: pathOf(endpoint),
      body: this.#form.body,
      files: this.#form.fileNames,
    }));
    form.addEventListener("input", () => curl.update());
    submitByKeys(form, () => void this.#ask());
    panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape") this.#asking?.abort();
    });
    catalogue.addEventListener("change", () => this.#heard(), { signal });
    this.#heard();
  }

  /** @param {string} id */
  choose(id) {
    this.#models.choose(id);
  }

  /**
   * Chooses a file for a field.
   * @param {string} field
   * @param {File} file
   */
  give(field, file) {
    this.#form.give(field, file);
    this.#send.focus();
  }

  /** Hangs up and forgets the catalogue, when the server no longer has the endpoint. */
  close() {
    this.#asking?.abort();
    this.#listening.abort();
    this.panel.remove();
  }

  #heard() {
    const served = this.#catalogue.serves(this.#endpoint.task);
    if (!this.#catalogue.gone) this.#problem.serverIsBack();
    this.#send.disabled = !served;
    this.#noModel.hidden = served || this.#catalogue.problem !== undefined;
  }

  async #ask() {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#problem.clear();
    this.#send.ariaBusy = "true";
    this.#answer.begin();
    try {
      const { body, files } = this.#form;
      this.#answer.show(await ask(this.#endpoint, body, files, asking.signal));
    } catch (error) {
      if (this.#asking === asking)
        this.#answer.clear(asking.signal.aborted ? "Cancelled" : "No reply");
      if (!asking.signal.aborted) this.#problem.show(error);
      if (error instanceof ServerGone) void this.#catalogue.look();
    }
    if (this.#asking === asking) this.#send.ariaBusy = "false";
  }
}
