// @ts-check
import { find } from "../find.js";
import { letterOf } from "./letter.js";
import { shownCosine } from "./similarity.js";

/** A table of cosines, coloured from the least similar pair to the most similar. */
export class HeatMap {
  #table = find("heat-map", HTMLTableElement);
  #low = find("scale-low", HTMLElement);
  #high = find("scale-high", HTMLElement);

  /**
   * @param {string[]} texts
   * @param {number[][]} cosines
   * @param {{ low: number, high: number }} range
   */
  show(texts, cosines, { low, high }) {
    this.#low.textContent = shownCosine(low);
    this.#high.textContent = shownCosine(high);
    const head = document.createElement("tr");
    head.append(document.createElement("td"), ...texts.map((text, i) => header(i, text, "col")));
    const rows = cosines.map((row, i) => {
      const cells = row.map((cosine, j) =>
        i === j ? itself() : cell(cosine, (cosine - low) / (high - low || 1)),
      );
      const line = document.createElement("tr");
      line.append(header(i, texts[i] ?? "", "row"), ...cells);
      return line;
    });
    this.#table.tHead?.replaceChildren(head);
    this.#table.tBodies[0]?.replaceChildren(...rows);
  }
}

/**
 * @param {number} cosine
 * @param {number} share From 0 for the least similar pair to 1 for the most similar.
 */
function cell(cosine, share) {
  const element = document.createElement("td");
  element.textContent = shownCosine(cosine);
  element.title = String(cosine);
  element.className = share === 1 ? "nearest-pair" : "";
  element.style.setProperty("--share", share.toFixed(3));
  return element;
}

function itself() {
  const element = document.createElement("td");
  return Object.assign(element, { className: "itself", textContent: "1" });
}

/**
 * @param {number} index
 * @param {string} text
 * @param {"row" | "col"} scope
 */
function header(index, text, scope) {
  const letter = Object.assign(document.createElement("b"), { textContent: letterOf(index) });
  const words = Object.assign(document.createElement("span"), { textContent: text });
  const element = Object.assign(document.createElement("th"), { scope, title: text });
  element.append(letter, words);
  return element;
}
