/**
 * Checkpoints of their true size, with random weights, from launch to picture: `node bench/full-size.js NAME [PRECISION] [SIZE]`. Prints the seconds of
 * each part, and the memory that the server stated beside what its processes took. Needs Linux, and disk for the checkpoint and its rounded weights.
 */
import { once } from "node:events";
import { request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { synthesize } from "@kindred/core/testing";
import { builders, checkpoints } from "./full-size/checkpoints.js";
import { treeMemory } from "./process-tree.js";
import { startServer } from "./server.js";

const [name, precision = "auto", size = "512x512"] = process.argv.slice(2);
const fixtures = new URL("../packages/plugin-diffusion/test/", import.meta.url);
const folder = fileURLToPath(new URL(`.cache/full-size/${name}`, import.meta.url));

await writeCheckpoint();
const opening = performance.now();
const { url, server } = await startServer(folder, [
  "--memory",
  "20GB",
  "--option",
  `model.precision=${precision}`,
  "--metrics",
  "--data",
  fileURLToPath(new URL(".cache/full-size/data", import.meta.url)),
]);
let [peak, reserved] = [0, 0];
const watch = setInterval(async () => {
  peak = Math.max(peak, treeMemory(server.pid));
  reserved = Math.max(reserved, (await model()).memory?.leased ?? 0);
}, 500);
while ((await model()).state === "loading") await sleep(1_000);
console.log(`launched in ${seconds(opening)} s`);

const begun = performance.now();
const body = { prompt: "a red fox", num_inference_steps: 2, size, seed: 1 };
const { data, warnings, error } = await post(`${url}/v1/images/generations`, body);
if (error) throw new Error(error.message);
await writeFile(join(folder, "picture.png"), Buffer.from(data[0].b64_json, "base64"));
console.log(`a picture of 2 steps in ${seconds(begun)} s`, warnings ?? "");
clearInterval(watch);
const figures = await (await fetch(`${url}/metrics`)).text();
const openingOf = (graph) =>
  new RegExp(`graph_open_duration_seconds_sum\\{.*graph="${graph}".*\\} (\\S+)`).exec(figures)?.[1];
const { precision: chosen, graphs } = await model();
console.log("precision", JSON.stringify(chosen));
const stated = graphs.map(({ name: graph, precision: held, bytes, workspaceBytes }) => ({
  graph,
  precision: held,
  "weights, GB": (bytes / 1e9).toFixed(2),
  "opened in, s": Number(openingOf(graph)).toFixed(1),
  "activations, GB": (workspaceBytes / 1e9).toFixed(2),
}));
console.table(stated);
console.log(
  `most memory: ${(peak / 1e9).toFixed(2)} GB of all processes, ${(reserved / 1e9).toFixed(2)} GB reserved`,
);
server.kill();
await once(server, "exit");

async function writeCheckpoint() {
  const { recorded, changes } = checkpoints[name];
  const cases = new URL(`golden/${recorded}/cases.json`, fixtures);
  const { models } = JSON.parse(await readFile(cases, "utf8"));
  const [{ files }] = Object.values(models);
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file);
    await mkdir(dirname(path), { recursive: true });
    const whole = { ...content, ...changes[file] };
    await writeFile(path, JSON.stringify(whole));
    const component = dirname(file);
    if (component.startsWith("tokenizer")) {
      const source = component === "tokenizer_3" ? "t5-tokenizer" : "tokenizer";
      const from = fileURLToPath(new URL(`fixtures/${source}`, fixtures));
      await cp(from, join(folder, component), { recursive: true, force: false });
    }
    const stem = component.startsWith("text_encoder") ? "model" : "diffusion_pytorch_model";
    const weights = join(folder, component, `${stem}.safetensors`);
    if (!builders[component] || existsSync(weights)) continue;
    const begun = performance.now();
    await synthesize({ file: weights, dtype: "BF16", build: builders[component](whole) });
    console.log(`${component} written in ${seconds(begun)} s`);
  }
}

async function model() {
  return (await fetch(`${url}/v1/models/model`)).json();
}

/** Waits for as long as it takes: `fetch` gives up after five minutes. */
async function post(to, value) {
  const asking = request(to, { method: "POST", headers: { "content-type": "application/json" } });
  asking.end(JSON.stringify(value));
  const [reply] = await once(asking, "response");
  return json(reply);
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
