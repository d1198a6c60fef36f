import { openModel } from "../fastembed-model.js";

const sizes = [32, 48, 64, 96, 128, 256];

/**
 * fastembed at its best. It pads every text to `maxLength`, whatever the batch, so it is opened several times, each time
 * for texts up to another length.
 */
export async function open(folder, { batch }) {
  const models = await Promise.all(sizes.map((size) => openModel(folder, size)));
  return {
    async embed(texts, lengths) {
      const vectors = [];
      for (const [i, embed] of models.entries()) {
        const places = [...texts.keys()].filter((at) => sizeOf(lengths[at]) === sizes[i]);
        const group = places.map((place) => texts[place]);
        const found = await embed(group, batch);
        for (const [row, place] of places.entries()) vectors[place] = found[row];
      }
      return vectors;
    },
  };
}

function sizeOf(length) {
  return sizes.find((size) => length <= size);
}
