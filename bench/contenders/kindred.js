import { tracingChannel } from "node:diagnostics_channel";
import { createKernel } from "@kindred/core";
import embedding, { embeddingTask } from "@kindred/plugin-embedding";
import { tokenCounts } from "../tokenize.js";

/** Kindred in the caller's process. */
export async function open(folder, launch = {}) {
  const kernel = await createKernel({
    plugins: [embedding()],
    models: [{ id: "model", source: folder, keepAlive: Infinity, ...launch }],
  });
  const embed = async (texts) => {
    const { vectors } = await kernel.run(embeddingTask, "model", { input: texts });
    return vectors;
  };
  return {
    embed,

    /** Milliseconds that the texts took in all, for tokenising, and for waiting for the graph. */
    async parts({ texts }) {
      const tokenising = await timed(() => tokenCounts(texts, folder));
      const runs = graphRuns();
      const all = await timed(() => embed(texts));
      return { all, tokenising, ...runs.end() };
    },
  };
}

/** Counts graph runs and sums their milliseconds, as measured in this process. */
function graphRuns() {
  const channel = tracingChannel("kindred:graph.run");
  const started = new Map();
  const found = { runs: 0, running: 0 };
  const subscriber = {
    start: (run) => started.set(run, performance.now()),
    asyncStart(run) {
      found.runs++;
      found.running += performance.now() - started.get(run);
    },
  };
  channel.subscribe(subscriber);
  return {
    end() {
      channel.unsubscribe(subscriber);
      return found;
    },
  };
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
