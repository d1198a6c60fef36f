// @ts-check
import { find } from "../find.js";
import { letterOf } from "./letter.js";
import { shownCosine } from "./similarity.js";
/** @import { Pair } from "./similarity.js" */

/** Names the most similar pair, beside two circles that overlap the more, the more similar it is. */
export class Nearest {
  #words = find("nearest-words", HTMLElement);
  #circles = find("overlap", SVGElement);

  /**
   * @param {string[]} texts
   * @param {Pair} pair
   */
  show(texts, { one, other, cosine }) {
    const heading = document.createElement("h2");
    const score = document.createElement("span");
    heading.textContent = `${letterOf(one)} and ${letterOf(other)} are nearest`;
    score.className = "score";
    score.textContent = shownCosine(cosine);
    heading.append(" ", score);
    this.#words.replaceChildren(heading, quoted(texts[one]), quoted(texts[other]));
    this.#circles.style.setProperty("--near", Math.max(0, cosine).toFixed(3));
  }
}

/** @param {string | undefined} text */
function quoted(text) {
  return Object.assign(document.createElement("blockquote"), { textContent: text });
}
