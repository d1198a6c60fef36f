import { undisturbed } from "./quiet.js";
import { cosine, quantile, usefulFlops } from "./statistics.js";
import { start } from "./start.js";

const own = [
  { name: "kindred" },
  { name: "kindred-http" },
  { name: "kindred-http", settings: { clients: 64 } },
  { name: "kindred", settings: { replicas: 1 } },
  { name: "kindred", settings: { replicas: 2 } },
];

const asCalled = [
  { name: "transformers" },
  { name: "fastembed" },
  { name: "sentence-transformers", settings: { dtype: "float32" } },
  { name: "sentence-transformers", settings: { dtype: "bfloat16" } },
];

/** For each peer, the settings among which the fastest is chosen. */
const atBest = [
  {
    name: "transformers-best",
    settings: ["model", "model_optimized"].flatMap((file) =>
      [1, 2, 4, 8].map((batch) => ({ file, batch })),
    ),
  },
  { name: "fastembed-best", settings: [2, 4, 8, 16].map((batch) => ({ batch })) },
];

/** A contender that is this many times slower than Kindred in its first round runs only that round. */
const hopeless = 4;

/** Runs all contenders over the corpus, one after the other, in each of `rounds` rounds. */
export async function measureThroughput({ folder, texts, lengths, config, rounds, peers }) {
  const work = { texts, lengths };
  const gemm = await start("gemm");
  const contenders = [];
  for (const { name, settings } of [...own, ...(peers ? asCalled : [])]) {
    contenders.push(await start(name, folder, settings));
  }
  if (peers) {
    for (const peer of atBest) contenders.push(await fastest(peer, folder, work));
  }
  await checkEqual(contenders, sample(work, 16));

  const peaks = [];
  const passes = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    peaks.push(await gemmPeak(gemm));
    for (const [i, contender] of rotated([...contenders.entries()], round)) {
      if (contender.ended) continue;
      passes[i].push(await pass(contender, work));
      report(round, contender, passes[i].at(-1));
      contender.memory ??= contender.memoryNow();
      if (passes[i][0].time > hopeless * passes[0][0].time) contender.end();
    }
  }
  const parts = [];
  for (let round = 0; round < rounds; round++) {
    parts.push(await contenders[0].ask("parts", work));
  }
  for (const { end } of [gemm, ...contenders]) end();

  const flops = usefulFlops(lengths, config);
  return {
    gemm: peaks,
    parts,
    contenders: contenders.map(({ name, settings, memory }, i) => ({
      name,
      settings,
      memory,
      passes: passes[i],
      textsPerSecond: quantile(passes[i].map(({ time }) => (texts.length * 1000) / time)),
      textsPerProcessorSecond: quantile(
        passes[i].map(({ processorTime }) => (texts.length * 1000) / processorTime),
      ),
      times: quantile(passes[0].map(({ time }, round) => ratio(passes[i], round, time))),
      disturbance: quantile(passes[i].map(({ disturbance }) => disturbance)),
      shareOfPeak: quantile(passes[i].map(({ time }, round) => flops / time / peaks[round])),
    })),
  };
}

/** Rotates the order, since the contender after the GEMM finds other caches and another clock rate. */
function rotated(items, by) {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function report(round, { name }, { time, disturbance }) {
  const others = `others used ${(100 * disturbance).toFixed(0)} % of the machine`;
  process.stderr.write(
    `round ${round + 1}: ${name} took ${(time / 1000).toFixed(1)} s, ${others}\n`,
  );
}

/** A contender's time in a round, divided by Kindred's. */
function ratio(passes, round, time) {
  return (passes[round] ?? passes[0]).time / time;
}

function pass(contender, work) {
  return undisturbed(async () => {
    const before = contender.processorTime();
    const time = await contender.ask("time", work);
    return { time, processorTime: contender.processorTime() - before };
  });
}

/** Floating-point operations a millisecond. */
async function gemmPeak(gemm) {
  const { times } = await undisturbed(async () => {
    const before = gemm.processorTime();
    const times = await gemm.ask("each", { count: 40 });
    const time = times.reduce((sum, each) => sum + each);
    return { times, time, processorTime: gemm.processorTime() - before };
  });
  return gemm.flops / quantile(times);
}

/** The contender with the settings that are fastest on a part of the corpus. */
async function fastest({ name, settings }, folder, work) {
  const part = sample(work, 8);
  let best;
  for (const setting of settings) {
    const contender = await start(name, folder, setting);
    await contender.ask("time", part);
    const { time } = await pass(contender, part);
    process.stderr.write(`${name}, ${JSON.stringify(setting)}: ${time.toFixed(0)} ms\n`);
    if (best && best.time <= time) {
      contender.end();
    } else {
      best?.contender.end();
      best = { contender, time };
    }
  }
  return best.contender;
}

/** Every n-th text. */
function sample({ texts, lengths }, n) {
  const every = (items) => items.filter((_, i) => i % n === 0);
  return { texts: every(texts), lengths: every(lengths) };
}

async function checkEqual(contenders, work) {
  let expected;
  for (const { name, settings, ask } of contenders) {
    const vectors = await ask("vectors", work);
    expected ??= vectors;
    const least = Math.min(...vectors.map((vector, i) => cosine(vector, expected[i])));
    const rounding = settings?.dtype === "bfloat16" ? 0.01 : 1e-5;
    if (!(least > 1 - rounding)) throw new Error(`${name} gives other vectors: cosine ${least}`);
  }
}
