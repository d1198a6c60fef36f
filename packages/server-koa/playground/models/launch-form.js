// @ts-check
import { ServerGone } from "../api/errors.js";
import { launch, launchPath } from "../api/launches.js";
import { Curl } from "../curl.js";
import { find } from "../find.js";
import { fillLines } from "../lines.js";
import { Problem } from "../problem.js";
import { submitByKeys } from "../submit-by-keys.js";
import { KnownModels } from "./known-models.js";
/** @import { LaunchRequest } from "../api/launches.js" */
/** @import { Catalogue } from "../catalogue.js" */
/** @import { Rights } from "./rights.js" */

/** The form that launches a model, by a name or from a folder. It is there where this page may launch. */
export class LaunchForm {
  #form = find("launch-form", HTMLFormElement);
  #name = find("launch-name", HTMLInputElement);
  #type = find("launch-type", HTMLSelectElement);
  #hint = find("launch-name-hint", HTMLElement);
  #button = find("launch", HTMLButtonElement);
  #warnings = find("launch-warnings", HTMLElement);
  #problem = new Problem(find("launch-problem", HTMLElement), ({ param = "" }) => {
    const field = this.#form.elements.namedItem(param);
    return field instanceof HTMLElement ? field : undefined;
  });
  #known = new KnownModels();
  #curl = new Curl(find("launch-curl", HTMLDetailsElement), () => ({
    path: launchPath,
    body: this.#request,
  }));
  #rights;
  #catalogue;
  #onLaunch;

  /**
   * @param {Catalogue} catalogue
   * @param {Rights} rights
   * @param {(id: string) => void} onLaunch Called once a launch has begun.
   */
  constructor(catalogue, rights, onLaunch) {
    this.#catalogue = catalogue;
    this.#rights = rights;
    this.#onLaunch = onLaunch;
    rights.addEventListener("change", () => void this.#offer());
    catalogue.addEventListener("change", () => {
      if (!catalogue.gone) this.#problem.serverIsBack();
    });
    this.#form.addEventListener("input", () => this.#follow());
    submitByKeys(this.#form, () => void this.#launch());
    this.#follow();
  }

  async #offer() {
    this.#form.hidden = !this.#rights.given;
    if (this.#form.hidden) return;
    const tasks = [...new Set((this.#catalogue.endpoints ?? []).map(({ task }) => task))];
    const chosen = this.#type.value;
    this.#type.replaceChildren(new Option("Any", ""), ...tasks.map((task) => new Option(task)));
    if (tasks.includes(chosen)) this.#type.value = chosen;
    try {
      await this.#known.learn(tasks);
    } catch (error) {
      this.#problem.show(error, "the known models");
    }
    this.#follow();
  }

  /** Shows what the fields mean. A folder alone has a name already. */
  #follow() {
    const { path, name } = this.#texts;
    this.#known.offer(this.#type.value);
    this.#name.required = path === "";
    this.#name.placeholder = nameOf(path);
    const words = path === "" ? this.#known.wordsOn(name) : "Any name for this folder.";
    if (this.#hint.textContent !== words) this.#hint.textContent = words;
    this.#curl.update();
  }

  get #texts() {
    const fields = new FormData(this.#form);
    const text = (/** @type {string} */ name) => String(fields.get(name) ?? "").trim();
    return {
      name: text("model_name"),
      path: text("model_path"),
      type: text("model_type"),
      uid: text("model_uid"),
      keepAlive: text("keep_alive"),
    };
  }

  /** @returns {LaunchRequest} */
  get #request() {
    const { name, path, type, uid, keepAlive } = this.#texts;
    return {
      model_name: name || nameOf(path),
      ...(path && { model_path: path }),
      ...(type && { model_type: type }),
      ...(uid && { model_uid: uid }),
      ...(keepAlive && { keep_alive: Number(keepAlive) }),
    };
  }

  async #launch() {
    if (this.#button.ariaBusy === "true") return;
    this.#problem.clear();
    fillLines(this.#warnings, []);
    this.#button.ariaBusy = "true";
    try {
      const { model_uid: id, warnings = [] } = await launch(this.#request);
      fillLines(this.#warnings, warnings);
      this.#form.reset();
      this.#follow();
      this.#onLaunch(id);
    } catch (error) {
      if (!this.#rights.lost(error)) this.#problem.show(error);
      if (error instanceof ServerGone) void this.#catalogue.look();
    }
    this.#button.ariaBusy = "false";
  }
}

/**
 * The name of a folder, or of a file without its ending.
 * @param {string} path
 */
function nameOf(path) {
  const last = path.split(/[\\/]/).findLast((part) => part !== "") ?? "";
  return last.replace(/\.(safetensors|ckpt)$/, "");
}
