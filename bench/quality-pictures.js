/**
 * Measures what precisions cost an image model with trained weights: how far its pictures of 50 prompts are from float32's. A component's precision is an argument, too:
 * "unet=int8".
 */
import { demoImage } from "@kindred/demo-models";
import { measure } from "./quality/command.js";
import { pictureFigures } from "./quality/pictures.js";

const { steps, guidance } = demoImage.options;
await measure(demoImage.source, (source, precisions) =>
  pictureFigures({ source, options: { steps, guidance } }, precisions),
);
