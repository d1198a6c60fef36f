// @ts-check
import { listRegistrations } from "../api/launches.js";
import { find } from "../find.js";
/** @import { Registration } from "../api/launches.js" */

/** The models that the server can launch by name: suggestions for a field, and words about the one that is in it. */
export class KnownModels {
  #list = find("known-models", HTMLDataListElement);
  /** @type {Registration[]} */
  #all = [];

  /**
   * Asks for the models of these tasks. Those of one task follow each other.
   * @param {string[]} tasks
   */
  async learn(tasks) {
    this.#all = (await Promise.all(tasks.map(listRegistrations))).flat();
    this.offer("");
  }

  /**
   * Suggests the models of a task.
   * @param {string} task "": of all.
   */
  offer(task) {
    const offered = this.#all.filter(({ model_type: type }) => task === "" || type === task);
    this.#list.replaceChildren(...offered.map(optionOf));
  }

  /**
   * What a name stands for, as a sentence or two.
   * @param {string} name
   */
  wordsOn(name) {
    if (name === "") return "A known name, or OWNER/NAME of Hugging Face.";
    const asked = name.toLowerCase();
    const names = (/** @type {Registration} */ { model_name, model_id }) => [model_name, model_id];
    const found = this.#all.find((each) => names(each).some((own) => own?.toLowerCase() === asked));
    if (found) return wordsOf(found);
    return /^[^/\s]+\/[^/\s]+$/.test(name)
      ? "A repository of Hugging Face. What is not in its cache is downloaded."
      : "No model is known by this name.";
  }
}

/** @param {Registration} model */
function optionOf(model) {
  const { model_name, model_type } = model;
  return new Option([model_type, ...termsOf(model)].join(" · "), model_name);
}

/** @param {Registration} model */
function wordsOf(model) {
  const { model_type, model_id, is_builtin, gated } = model;
  const where =
    is_builtin && model_id ? `${model_id} of Hugging Face` : "registered on this server";
  const facts = [`For ${model_type}: ${where}`, ...termsOf(model)];
  const advice = gated ? " Accept its licence there, and give the server a token." : "";
  return `${facts.join(", ")}.${advice}`;
}

/** @param {Registration} model */
function termsOf({ license, gated }) {
  return [license ? `licence ${license}` : "", gated ? "gated" : ""].filter(Boolean);
}
