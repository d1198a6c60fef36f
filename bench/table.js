import { quantile } from "./statistics.js";

/** Prints the results as tables. */
export function print({ machine, corpus, gemm, parts, contenders, latency, start }) {
  const peak = quantile(gemm);
  console.log(
    `\n${machine.processor}, ${machine.cores} cores, Node ${machine.node}, load before the run ${machine.load.toFixed(1)}`,
  );
  console.log(`${corpus.texts} texts, ${corpus.tokens} tokens, longest ${corpus.longest}`);
  console.log(`GEMM peak ${(peak / 1e6).toFixed(0)} GFLOP/s\n`);
  console.table(
    Object.fromEntries(
      contenders.map((each) => [
        label(each),
        {
          "texts/s": round(each.textsPerSecond, 1),
          "time / Kindred's": round(each.times, 2),
          "of GEMM peak": round(each.shareOfPeak, 2),
          "texts/processor second": round(each.textsPerProcessorSecond, 1),
          "memory MB": round(each.memory / 1e6, 0),
          "others used": `${(100 * each.disturbance).toFixed(0)} %`,
          rounds: each.passes.length,
        },
      ]),
    ),
  );
  const middle = quantile(parts.map(({ all }) => all));
  const { all, tokenising, runs, running } = parts.find((part) => part.all === middle);
  console.log(
    `Kindred's ${all.toFixed(0)} ms: tokenising ${tokenising.toFixed(0)}, ${runs} runs of the graph ${running.toFixed(0)}, the rest ${(all - tokenising - running).toFixed(0)}`,
  );
  console.table(
    Object.fromEntries(
      latency.map(({ name, tokens, median, p99 }) => [
        `${name}, one text of ${tokens} tokens`,
        { "median ms": round(median, 1), "p99 ms": round(p99, 1) },
      ]),
    ),
  );
  console.log(
    `The server listens after ${start.listening.toFixed(0)} ms and gives its first answer ${start.firstAnswer.toFixed(0)} ms later.`,
  );
}

function label({ name, settings }) {
  const details = Object.entries(settings ?? {}).map(([key, value]) => `${key} ${value}`);
  return [name, ...details].join(", ");
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
