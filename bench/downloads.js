import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machine } from "./machine.js";
import { quantile } from "./statistics.js";

/**
 * Times a download of `--bytes` in `--files` files from a local stand-in for Hugging Face, by Kindred and by Python's `huggingface_hub`
 * (`--python`) in alternation; then how late a server's event loop is while it serves embeddings, with and without such a download.
 */
const { values } = parseArgs({
  options: {
    bytes: { type: "string", default: "2000000000" },
    files: { type: "string", default: "12" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: process.env.KINDRED_PYTHON ?? "" },
  },
});

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const hub = await child(process.execPath, [here("downloads/hub.js"), values.files, values.bytes]);
const endpoint = await hub.said(/listening on (\S+)/);
console.log(machine());

const times = { kindred: [], python: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  times.kindred.push(await timed(process.execPath, [here("downloads/fetch.js")]));
  if (values.python) times.python.push(await timed(values.python, [here("downloads/fetch.py")]));
}
const lag = { idle: [], downloading: [] };
for (let round = 0; round < Number(values.rounds); round++) {
  lag.idle.push(await lagOf([]));
  lag.downloading.push(await lagOf(["download"]));
}
hub.process.kill();

const ratios = times.python.map((python, i) => times.kindred[i] / python);
console.log({
  kindredSeconds: quantile(times.kindred),
  pythonSeconds: times.python.length > 0 ? quantile(times.python) : undefined,
  medianRatio: ratios.length > 0 ? quantile(ratios) : undefined,
  ratios,
});
for (const [name, runs] of Object.entries(lag))
  console.log(`lag, ${name}`, {
    p50: quantile(runs.map((run) => run.p50)),
    p99: quantile(runs.map((run) => run.p99)),
    max: Math.max(...runs.map((run) => run.max)),
    requests: quantile(runs.map((run) => run.requests)),
  });

/** Seconds of a command with an empty cache. */
async function timed(command, args) {
  const home = await mkdtemp(join(tmpdir(), "kindred-downloads-"));
  const env = { ...process.env, HF_HOME: home, HF_ENDPOINT: endpoint, HF_HUB_DISABLE_XET: "1" };
  const fetching = await child(command, args, env);
  const seconds = Number(await fetching.said(/took ([\d.]+)/));
  await fetching.ended;
  await rm(home, { recursive: true });
  return seconds;
}

/** How late the event loop of a server is, in milliseconds. */
async function lagOf(args) {
  const home = await mkdtemp(join(tmpdir(), "kindred-downloads-"));
  const env = { ...process.env, HF_HOME: home, HF_ENDPOINT: endpoint };
  const serving = await child(process.execPath, [here("downloads/serve.js"), ...args], env);
  const measured = JSON.parse(await serving.said(/measured (.*)/));
  await serving.ended;
  await rm(home, { recursive: true });
  return measured;
}

async function child(command, args, env = process.env) {
  const started = spawn(command, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  let heard = () => {};
  started.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    heard();
  });
  const ended = new Promise((resolve) => started.once("exit", resolve));
  const said = (pattern) =>
    new Promise((resolve, reject) => {
      heard = () => {
        const found = pattern.exec(output);
        if (found) resolve(found[1]);
      };
      heard();
      void ended.then(() => reject(new Error(`It ended without "${pattern}":\n${output}`)));
    });
  return { process: started, said, ended };
}
