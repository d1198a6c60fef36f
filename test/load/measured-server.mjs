/** A server that reports to the process that forked it: its timer's lag, its graph runs, and the objects that it still holds. */
import { tracingChannel } from "node:diagnostics_channel";
import { IncomingMessage } from "node:http";
import { queryObjects } from "node:v8";
import {
  budgetAllocator,
  createKernel,
  deviceAllocator,
  graphRuntime,
  processRuntime,
  provide,
} from "@kindred/core";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding, embeddingTask } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";
import { TimerLag } from "./timer-lag.mjs";

const { models = [], memory, threads, deadline, script } = JSON.parse(process.argv[2]);
const runs = { started: 0, ended: 0 };
const opened = { started: 0, ended: 0 };
const lag = new TimerLag();
count("kindred:graph.run", runs);
count("kindred:graph.open", opened);

const kernel = await createKernel({
  plugins: [embedding(), diffusion()],
  models,
  provides: [
    provide(deviceAllocator, () => budgetAllocator({ memory, threads })),
    provide(graphRuntime, () => processRuntime({ script })),
  ],
});
const serving = await serve(kernel, { port: 0, deadline });
process.once("SIGTERM", () => void serving.close());

const answers = {
  figures: () => ({ lag: lag.figures, runs, opened, models: kernel.models() }),
  /** Counts of requests and signals that are still referenced, and the resources that keep the process alive. */
  held: () => ({
    requests: queryObjects(IncomingMessage, { format: "count" }),
    signals: queryObjects(AbortSignal, { format: "count" }),
    resources: process.getActiveResourcesInfo().filter(lasts).toSorted(),
  }),
  resetLag: () => lag.reset(),
  disconnect: () => serving.server.closeIdleConnections(),
  load: (launch, options) => kernel.load(launch, options),
  unload: (id) => kernel.unload(id),
  close: () => serving.close(),
  runsUntilAnswer,
};

process.on("message", async ({ id, name, parameters }) => {
  const settled = await Promise.resolve(parameters)
    .then((all) => answers[name](...all))
    .then(
      (value) => ({ value }),
      ({ code, message }) => ({ error: { code, message } }),
    );
  process.send({ id, ...settled });
});
// The channel must not keep the process alive: after its close the process is to end by itself.
process.channel.unref();
process.send({ url: serving.url });

/** Graph runs that ended between a request's entry into the queue and its answer. */
async function runsUntilAnswer(model, input) {
  let before;
  const onState = () => (before ??= runs.ended);
  await kernel.run(embeddingTask, model, { input }, { onState });
  return runs.ended - before;
}

function lasts(resource) {
  return resource !== "Immediate";
}

function count(channel, counts) {
  tracingChannel(channel).subscribe({
    start: () => void counts.started++,
    asyncStart: () => void counts.ended++,
  });
}
