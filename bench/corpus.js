import { random } from "./random.js";
import { endings, words } from "./vocabulary.js";

const count = 512;
const median = 40;
const sigma = 0.6;
const most = 254;

/** 512 texts whose lengths in tokens are log-normal, median about 40, at most 256; every fifth word has two pieces. */
export function corpus() {
  const next = random(20_240_229);
  return Array.from({ length: count }, () => {
    const tokens = Math.round(Math.exp(Math.log(median) + sigma * normal(next))) - 2;
    return text(Math.min(most, Math.max(1, tokens)), next);
  });
}

function text(tokens, next) {
  const found = [];
  for (let left = tokens; left > 0; left--) {
    // Squaring favours the frequent words, as languages do.
    const word = words[Math.floor(next() ** 2 * words.length)];
    const compound = left > 1 && next() < 0.2;
    if (compound) left--;
    found.push(compound ? word + endings[Math.floor(next() * endings.length)] : word);
  }
  return found.join(" ");
}

/** Box–Muller. */
function normal(next) {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
