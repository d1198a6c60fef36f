/**
 * Measures the components that draw a picture: Kindred's denoisers, decoder and text encoder, against diffusers on torch and
 * against torch's export in onnxruntime. All have the same weights. Kindred and one rival run in alternation.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { components } from "./images-components.js";
import { exportImages, imagesFolder } from "./images-folder.js";
import { machine } from "./machine.js";
import { start } from "./start.js";
import { quantile } from "./statistics.js";

const { values: options } = parseArgs({
  options: {
    components: { type: "string", default: Object.keys(components).join() },
    rounds: { type: "string" },
  },
});

/** Milliseconds after which the threads of the contender that ran before no longer spin. */
const pause = 200;

const rivals = [
  { name: "images-torch", settings: { dtype: "float32" }, tolerance: 1e-4 },
  { name: "images-torch", settings: { dtype: "bfloat16" }, tolerance: 0.2 },
  { name: "images-export", settings: {}, tolerance: 1e-4 },
];

const gemm = await start("gemm");
const results = { machine: machine(), components: {} };
for (const component of options.components.split(",")) {
  results.components[component] = await measure(component);
  console.log(`\n${component}`);
  console.table(results.components[component]);
}
gemm.end();
const file = new URL(`results/images-${Date.now()}.json`, import.meta.url);
await mkdir(new URL(".", file), { recursive: true });
await writeFile(file, JSON.stringify(results, null, 2));

/** The figures of Kindred against each rival, by the rival's name. */
async function measure(component) {
  const rounds = Number(options.rounds ?? components[component].rounds);
  const { exported, flops } = components[component];
  const folder = await imagesFolder(component);
  if (exported) await exportImages(folder, component);
  const kindred = await start("images-kindred", folder, { component });
  const found = {};
  for (const { name, settings, tolerance } of rivals) {
    if (name === "images-export" && !exported) continue;
    const rival = await start(name, folder, { component, ...settings });
    const deviation = await compare(kindred, rival);
    if (!(deviation < tolerance)) throw new Error(`${name} differs by ${deviation}`);
    const times = { kindred: [], rival: [] };
    const peaks = [];
    for (let round = 0; round < rounds; round++) {
      peaks.push(await peak());
      times.kindred.push(await timed(kindred));
      times.rival.push(await timed(rival));
    }
    found[[name, ...Object.values(settings)].join(" ")] = {
      ...ratios(times, "time"),
      ...ratios(times, "processor"),
      ...(flops && { "share of GEMM peak": share(flops, times.kindred, peaks) }),
      "Kindred MB": round(kindred.memoryNow() / 1e6),
      "its MB": round(rival.memoryNow() / 1e6),
      "memory ratio": round(kindred.memoryNow() / rival.memoryNow(), 3),
      "Kindred's peak MB": round(kindred.memoryPeak() / 1e6),
      "its peak MB": round(rival.memoryPeak() / 1e6),
      deviation: Number(deviation.toExponential(1)),
    };
    rival.end();
  }
  kindred.end();
  return found;
}

async function timed(contender) {
  await sleep(pause);
  const before = contender.processorTime();
  const [time] = await contender.ask("each", { count: 1 });
  return { time, processor: contender.processorTime() - before };
}

/** Operations a millisecond of onnxruntime's MatMul on this machine. */
async function peak() {
  await sleep(pause);
  const times = await gemm.ask("each", { count: 40 });
  return gemm.flops / quantile(times);
}

/** The median over the rounds of Kindred's operations a millisecond, divided by the peak measured beside it. */
function share(flops, times, peaks) {
  return round(quantile(times.map(({ time }, i) => flops / time / peaks[i])), 3);
}

/** Medians over the rounds: of both times in milliseconds, and of their ratio. */
function ratios({ kindred, rival }, kind) {
  return {
    [`Kindred's ${kind}`]: round(quantile(kindred.map((each) => each[kind]))),
    [`its ${kind}`]: round(quantile(rival.map((each) => each[kind]))),
    [`${kind} ratio`]: round(quantile(kindred.map((each, i) => each[kind] / rival[i][kind])), 3),
  };
}

/** The largest difference between two results, divided by the largest value. Both contenders are warm afterwards. */
async function compare(kindred, rival) {
  const every = 7;
  const [ours, theirs] = [
    Object.values(await kindred.ask("values", { every })),
    Object.values(await rival.ask("values", { every })),
  ];
  const largest = theirs.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const difference = theirs.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - ours[i])),
    0,
  );
  return difference / largest;
}

function round(value, digits = 0) {
  return Number(value.toFixed(digits));
}
