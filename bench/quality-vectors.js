/**
 * Measures what precisions cost an embedder with trained weights: whether it still ranks 200 graded pairs of sentences as float32 does, and how near
 * its vectors of 500 texts are to float32's.
 */
import { measure } from "./quality/command.js";
import { vectorFigures } from "./quality/vectors.js";

// docs/real-weights.md says how to get it.
await measure("models/all-MiniLM-L6-v2", (source, precisions) =>
  vectorFigures({ source }, precisions),
);
