// @ts-check
import { copyOf, pick } from "../find.js";
import { shownSize } from "../shown-size.js";
import { shownBytes } from "../shown-bytes.js";
/** @import { Graph, Model } from "../api/models.js" */

/** The card of one model: its facts, its state, its device and its memory. */
export class ModelCard {
  element = copyOf("model-template");
  #try = pick(this.element, ".try", HTMLButtonElement);

  #onTry = () => {};

  /** @param {string} id */
  constructor(id) {
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
    const { state, words } = stateOf(model);
    const mark = pick(this.element, ".state", HTMLElement);
    if (mark.textContent !== words) mark.textContent = words;
    mark.dataset["state"] = state;
    const reason = pick(this.element, ".reason", HTMLElement);
    reason.textContent = model.reason ?? "";
    reason.hidden = model.reason === undefined;
    pick(this.element, "dl", HTMLElement).replaceChildren(...factsOf(model).flatMap(definition));
    const about = pick(this.element, ".about", HTMLElement);
    about.textContent = model.about ?? "";
    about.hidden = model.about === undefined;
    this.#showGraphs(model.graphs ?? []);
    this.#try.hidden = onTry === undefined || model.state === "failed";
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

/** @param {Model} model */
function stateOf({ state, graphs = [], waiting = 0 }) {
  if (state === "failed") return { state, words: "Cannot be served" };
  if (state === "loading") return { state, words: "Loading" };
  const open = graphs.some((graph) => graph.open);
  if (!open) return { state: "asleep", words: "Ready, opens with its first request" };
  return { state: "loaded", words: waiting > 0 ? `Loaded, ${waiting} waiting` : "Loaded" };
}

/**
 * @param {Model} model
 * @returns {[string, string | undefined][]}
 */
function factsOf(model) {
  const { task, family, device, memory, waiting, size, drawn_size, dimensions, max_tokens } = model;
  return [
    ["Device", device],
    ["In memory now", memory && shownBytes(memory.leased)],
    ["Peak of its largest graph", memory && shownBytes(memory.needed)],
    ["Waiting", waiting?.toString()],
    ["Task", task ?? "unknown"],
    ["Family", family],
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
