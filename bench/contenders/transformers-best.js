import { openPipeline } from "../transformers-pipeline.js";

/** @huggingface/transformers at its best: over one of the exports, with texts sorted by length and `batch` of them a call. */
export async function open(folder, { file, batch }) {
  const embed = await openPipeline(folder, file);
  return {
    async embed(texts) {
      const order = [...texts.keys()].toSorted((a, b) => texts[b].length - texts[a].length);
      const vectors = [];
      for (let start = 0; start < order.length; start += batch) {
        const places = order.slice(start, start + batch);
        const found = await embed(places.map((place) => texts[place]));
        for (const [row, place] of places.entries()) vectors[place] = found[row];
      }
      return vectors;
    },
  };
}
