// @ts-check
import { embed, embeddingsPath } from "../api/embeddings.js";
import { ApiError, ServerGone } from "../api/errors.js";
import { Curl } from "../curl.js";
import { find } from "../find.js";
import { ModelSelect } from "../model-select.js";
import { Problem } from "../problem.js";
import { submitByKeys } from "../submit-by-keys.js";
import { HeatMap } from "./heat-map.js";
import { Nearest } from "./nearest.js";
import { cosinesOf, pairsOf } from "./similarity.js";
import { TextRows } from "./text-rows.js";
import { reveal } from "../reveal.js";
/** @import { Catalogue } from "../catalogue.js" */
/** @import { EmbeddingsRequest } from "../api/embeddings.js" */

/** The tab of embeddings: compares texts. */
export class EmbeddingsView {
  #form = find("text-form", HTMLFormElement);
  #compare = find("compare", HTMLButtonElement);
  #prompts = find("text-prompt", HTMLSelectElement);
  #comparison = find("comparison", HTMLElement);
  #heat = find("heat", HTMLElement);
  #rows = new TextRows();
  #nearest = new Nearest();
  #heatMap = new HeatMap();
  #problem = new Problem(find("text-problem", HTMLElement), (error) => this.#fieldOf(error));
  #catalogue;
  #models;
  /** @type {AbortController | undefined} */
  #asking;

  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    this.#models = new ModelSelect(find("text-model", HTMLSelectElement), catalogue, "embedding");
    const curl = new Curl(find("text-curl", HTMLDetailsElement), () => ({
      path: embeddingsPath,
      body: this.#request,
    }));
    this.#models.addEventListener("change", () => this.#offerPrompts());
    this.#form.addEventListener("input", () => curl.update());
    this.#catalogue = catalogue;
    submitByKeys(this.#form, () => void this.#ask());
    catalogue.addEventListener("change", () => this.#heard());
  }

  /** @param {string} id */
  choose(id) {
    this.#models.choose(id);
  }

  #heard() {
    if (!this.#catalogue.gone) this.#problem.serverIsBack();
    this.#compare.disabled = this.#models.model === undefined;
    find("no-text-model", HTMLElement).hidden =
      !this.#compare.disabled || this.#catalogue.problem !== undefined;
  }

  /** @returns {EmbeddingsRequest} */
  get #request() {
    const fields = new FormData(this.#form);
    const model = this.#models.model?.id;
    return {
      ...(model !== undefined && { model }),
      input: this.#rows.filled.map(({ value }) => value),
      ...(fields.get("prompt_name") && { prompt_name: String(fields.get("prompt_name")) }),
      ...(fields.has("truncate") && { truncate: true }),
    };
  }

  async #ask() {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    this.#problem.clear();
    this.#compare.ariaBusy = "true";
    try {
      const request = this.#request;
      if (request.input.length < 2) throw new ApiError({ message: "It takes two texts or more." });
      this.#show(request, await embed(request, asking.signal));
    } catch (error) {
      if (!asking.signal.aborted) this.#problem.show(error);
      if (error instanceof ServerGone) void this.#catalogue.look();
    }
    if (this.#asking === asking) this.#compare.ariaBusy = "false";
  }

  /**
   * @param {EmbeddingsRequest} request
   * @param {Awaited<ReturnType<typeof embed>>} reply
   */
  #show({ input }, { vectors, tokens, warnings }) {
    const cosines = cosinesOf(vectors);
    const pairs = pairsOf(cosines);
    const [nearest] = pairs;
    if (!nearest) return;
    this.#nearest.show(input, nearest);
    const low = pairs.at(-1)?.cosine ?? nearest.cosine;
    this.#heatMap.show(input, cosines, { low, high: nearest.cosine });
    find("comparison-facts", HTMLElement).textContent = [
      `${input.length} texts`,
      `${tokens} tokens`,
      `${vectors[0]?.length} dimensions`,
      ...warnings,
    ].join(" · ");
    this.#comparison.dataset["state"] = "done";
    this.#heat.hidden = false;
    reveal(this.#heat);
  }

  #offerPrompts() {
    const { prompts = [] } = this.#models.model ?? {};
    const offered = prompts.map((name) => new Option(name));
    this.#prompts.replaceChildren(new Option("Plain text, without a prompt", ""), ...offered);
    find("text-prompt-field", HTMLElement).hidden = prompts.length === 0;
  }

  /**
   * The field at fault. `param` is "input" for any of the texts. The message begins with the one that is meant.
   * @param {ApiError} error
   */
  #fieldOf({ message, param = "" }) {
    const [, index] = /^input\[(\d+)\]/.exec(message) ?? [];
    if (index !== undefined) return this.#rows.filled[Number(index)];
    const field = this.#form.elements.namedItem(param);
    return field instanceof HTMLElement ? field : undefined;
  }
}
