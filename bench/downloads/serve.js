import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { createKernel, modelSource, provide } from "../../packages/core/dist/index.js";
import { hubSource } from "../../packages/core/dist/hub/index.js";
import { demoEmbedding } from "../../packages/demo-models/dist/index.js";
import { embedding } from "../../packages/plugin-embedding/dist/index.js";
import { serve } from "../../packages/server-koa/dist/index.js";

/** Serves embeddings, one text each 20 ms, for as long as a download takes, or for four seconds without one. */
const kernel = await createKernel({
  plugins: [embedding()],
  models: [demoEmbedding],
  provides: [provide(modelSource, () => hubSource())],
});
const { url, close } = await serve(kernel, { port: 0, drainDelay: 0, playground: false });
const ask = () =>
  fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ input: "a red fox" }),
  }).then((reply) => reply.json());
for (let i = 0; i < 20; i++) await ask();

const source = hubSource();
const call = { signal: new AbortController().signal, onEvent() {} };
let isOver = false;
const work = process.argv[2] === "download" ? download() : setTimeout(4_000);
const resolution = 1;
const delay = monitorEventLoopDelay({ resolution });
delay.enable();
void work.finally(() => (isOver = true));
let requests = 0;
while (!isOver) {
  void ask().then(() => requests++);
  await setTimeout(20);
}
delay.disable();
await work;
const late = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map(late);
console.log(`measured ${JSON.stringify({ p50, p99, max, requests })}`);
await close();

async function download() {
  const found = await source.find("birds/lark", call);
  await found.fetch(found.files, call);
}
