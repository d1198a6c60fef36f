import { quantile } from "./statistics.js";
import { start } from "./start.js";

const count = 200;

/** Milliseconds for one text of median length, one request after the other: the graph alone, the kernel, and over HTTP. */
export async function measureLatency(folder, texts, lengths) {
  const middle = quantile(lengths);
  const text = texts[lengths.indexOf(middle)];
  const inputs = { "bare-graph": middle, kindred: text, "kindred-http": text };
  const contenders = [];
  for (const name of Object.keys(inputs)) contenders.push(await start(name, folder));
  const times = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < 5; round++) {
    for (const { name, ask } of contenders) {
      const found = await ask("each", { count: count / 5, input: inputs[name] });
      // The first request of a round wakes threads that slept.
      times[name].push(...found.slice(1));
    }
  }
  for (const { end } of contenders) end();
  return Object.entries(times).map(([name, all]) => ({
    name,
    tokens: middle,
    median: quantile(all),
    p99: quantile(all, 0.99),
  }));
}
