import { readFileSync } from "node:fs";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { cosine, mean, spearman } from "../statistics.js";
import { inPrecisions } from "./in-precisions.js";

/** 200 pairs of sentences, graded by hand from 0 (nothing in common) to 5 (the same meaning) as in STS. */
const pairs = read("pairs.json");
const sentences = pairs.flatMap(({ texts }) => texts);
/** 100 longer texts. */
const passages = read("passages.json");

/**
 * The figures of an embedder by precision. `spearman` is the rank correlation of the cosines of pairs of sentences with their grades. The others
 * are cosines between float32's vectors and the precision's, of the sentences and of all texts.
 */
export function vectorFigures(launch, precisions) {
  return inPrecisions(embedding(), launch, precisions, async (kernel) => {
    const embed = async (name) => {
      const request = { input: [...sentences, ...passages], truncate: true };
      return (await kernel.run(embeddingTask, name, request)).vectors;
    };
    const exact = await embed("float32");
    const found = {};
    for (const name of ["float32", ...precisions]) {
      const vectors = name === "float32" ? exact : await embed(name);
      const cosines = vectors.map((vector, i) => cosine(vector, exact[i]));
      const ofSentences = cosines.slice(0, sentences.length);
      found[name] = {
        spearman: correlation(vectors),
        "mean, sentences": mean(ofSentences),
        "least, sentences": Math.min(...ofSentences),
        mean: mean(cosines),
        least: Math.min(...cosines),
      };
    }
    return found;
  });
}

function correlation(vectors) {
  const cosines = pairs.map((_, i) => cosine(vectors[2 * i], vectors[2 * i + 1]));
  const grades = pairs.map(({ grade }) => grade);
  return spearman(cosines, grades);
}

function read(name) {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
}
