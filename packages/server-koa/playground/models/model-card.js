// @ts-check
import { copyOf, pick } from "../find.js";
import { shownSize } from "../shown-size.js";
import { shownBytes } from "../shown-bytes.js";
import { DownloadBar } from "./download-bar.js";
import { ModelActions } from "./model-actions.js";
import { residencyOf } from "./residency.js";
/** @import { Graph, Model } from "../api/models.js" */
/** @import { ActionSurroundings } from "./model-actions.js" */

/** The card of one model: its names and facts, where it is and why, and what can be done with it. */
export class ModelCard {
  element = copyOf("model-template");
  #try = pick(this.element, ".try", HTMLButtonElement);

  #download;
  #actions;

  #onTry = () => {};

  /**
   * @param {string} id
   * @param {ActionSurroundings} around
   */
  constructor(id, around) {
    this.#download = new DownloadBar(this.element, id);
    this.#actions = new ModelActions(this.element, id, around);
    pick(this.element, "h3", HTMLElement).textContent = id;
    this.#try.ariaLabel = `Try ${id}`;
    this.#try.addEventListener("click", () => this.#onTry());
  }

  /**
   * @param {Model} model
   * @param {(() => void) | undefined} onTry Absent when no tab can try the model.
   */
  update(model, onTry) {
    this.#onTry = onTry ?? this.#onTry;
    const { state, word, next } = residencyOf(model);
    pick(this.element, ".state", HTMLElement).dataset["state"] = state;
    this.#tell(".state", word);
    this.#tell(".names", namesOf(model));
    this.#tell(".next", next);
    this.#tell(".reason", model.reason ?? "");
    this.#tell(".about", model.about ?? "");
    this.#download.update(model.progress);
    this.#actions.update(model);
    pick(this.element, "dl", HTMLElement).replaceChildren(...factsOf(model).flatMap(definition));
    this.#showGraphs(model.graphs ?? []);
    this.#try.hidden = onTry === undefined || model.state === "failed";
  }

  /**
   * Shows words, or nothing in their place.
   * @param {string} selector
   * @param {string} words
   */
  #tell(selector, words) {
    const element = pick(this.element, selector, HTMLElement);
    element.hidden = words === "";
    if (element.textContent !== words) element.textContent = words;
  }

  /** @param {Graph[]} graphs */
  #showGraphs(graphs) {
    const details = pick(this.element, ".graphs", HTMLDetailsElement);
    details.hidden = graphs.length === 0;
    const open = graphs.filter((graph) => graph.open).length;
    pick(details, "summary", HTMLElement).textContent =
      `${open} of ${graphs.length} ${graphs.length === 1 ? "graph" : "graphs"} open`;
    pick(details, "tbody", HTMLElement).replaceChildren(...graphs.map(rowOf));
  }
}

/**
 * Its other names, in sentences.
 * @param {Model} model
 */
function namesOf({ id, model_name: name = id, aliases = [] }) {
  const sentences = [
    name === id ? "" : `It is ${name}.`,
    aliases.length > 0 ? `It is also called ${aliases.join(", ")}.` : "",
  ];
  return sentences.filter(Boolean).join(" ");
}

/**
 * @param {Model} model
 * @returns {[string, string | undefined][]}
 */
function factsOf(model) {
  const {
    task,
    family,
    device,
    memory,
    replicas = 1,
    size,
    drawn_size,
    dimensions,
    max_tokens,
  } = model;
  return [
    ["Task", task ?? "unknown"],
    ["Family", family],
    ["Device", device],
    ["Peak of its largest graph", memory && shownBytes(memory.needed)],
    ["Runs side by side", replicas > 1 ? `${replicas}` : undefined],
    ["Size", size && shownSize(size)],
    ["Draws at", drawn_size && shownSize(drawn_size)],
    ["Steps", model.defaults?.num_inference_steps.toString()],
    ["Dimensions", dimensions?.toString()],
    ["Longest text", max_tokens === undefined ? undefined : `${max_tokens} tokens`],
  ];
}

/** @param {[string, string | undefined]} fact */
function definition([name, value]) {
  if (value === undefined) return [];
  const group = document.createElement("div");
  group.append(
    Object.assign(document.createElement("dt"), { textContent: name }),
    Object.assign(document.createElement("dd"), { textContent: value }),
  );
  return [group];
}

/** @param {Graph} graph */
function rowOf({ name, open, bytes, workspaceBytes }) {
  const row = document.createElement("tr");
  const cells = [open ? "yes" : "no", shownBytes(bytes), shownBytes(workspaceBytes)];
  row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: name }));
  for (const text of cells) row.insertCell().textContent = text;
  return row;
}
