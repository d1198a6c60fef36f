/**
 * Measures what a precision costs and saves, beside float32 and torch in bfloat16, in alternation: `node bench/precision.js --component unet`, or
 * `--embedder FOLDER` for the corpus of embeddings.js. `--precision` names ours; `--rounds` counts. Needs KINDRED_PYTHON with requirements.txt.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { corpus } from "./corpus.js";
import { imagesFolder } from "./images-folder.js";
import { start } from "./start.js";
import { quantile } from "./statistics.js";

const { values: options } = parseArgs({
  options: {
    component: { type: "string" },
    embedder: { type: "string" },
    precision: { type: "string", default: "int8" },
    rounds: { type: "string", default: "5" },
  },
});
const { component, embedder, precision } = options;

/** Milliseconds after which the threads of the contender that ran before no longer spin. */
const pause = 200;

const measured = component ? await componentContenders() : await embedderContenders();
const names = Object.keys(measured);
const times = Object.fromEntries(names.map((name) => [name, []]));
for (let round = 0; round <= Number(options.rounds); round++) {
  for (const name of names) {
    await sleep(pause);
    const begun = performance.now();
    await measured[name].run();
    // The first one opens what is opened late.
    if (round > 0) times[name].push(performance.now() - begun);
  }
}
const [own, ...others] = names;
console.table(
  names.map((name) => ({
    contender: name,
    "median, ms": Math.round(quantile(times[name])),
    "MB of memory": Math.round(measured[name].contender.memoryNow() / 1e6),
  })),
);
for (const other of others) {
  const ratios = times[own].map((time, i) => time / times[other][i]);
  console.log(`${own} takes ${quantile(ratios).toFixed(3)} of the time of ${other}`);
}
for (const { contender } of Object.values(measured)) contender.end();

async function componentContenders() {
  const folder = await imagesFolder(component);
  const started = async (name, settings) => {
    const contender = await start(name, folder, { component, ...settings });
    return { contender, run: () => contender.ask("each", { count: 1 }) };
  };
  return {
    [`Kindred in ${precision}`]: await started("images-kindred", { precision }),
    "Kindred in float32": await started("images-kindred", {}),
    "diffusers in bfloat16": await started("images-torch", { dtype: "bfloat16" }),
  };
}

async function embedderContenders() {
  const texts = corpus();
  const started = async (name, settings) => {
    const contender = await start(name, embedder, settings);
    return { contender, run: () => contender.ask("time", { texts }) };
  };
  return {
    [`Kindred in ${precision}`]: await started("kindred", {
      options: { precision, truncate: true },
    }),
    "Kindred in float32": await started("kindred", { options: { truncate: true } }),
    "sentence-transformers in float32": await started("sentence-transformers", {
      dtype: "float32",
    }),
    "sentence-transformers in bfloat16": await started("sentence-transformers", {
      dtype: "bfloat16",
    }),
  };
}
