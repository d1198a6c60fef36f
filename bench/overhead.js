/**
 * What keys, limits, metrics, spans and logs cost a warm request of one text: the same server with all of them and with none, a request to one and a
 * request to the other in turn. `node overhead.js`, after `npm run build` in the root.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { machine } from "./machine.js";
import { modelFolder } from "./model-folder.js";
import { quantile } from "./statistics.js";

const script = fileURLToPath(new URL("overhead-server.js", import.meta.url));
const kinds = ["none", "full"];
const rounds = 5;
const count = 400;

const folder = await modelFolder("bge-small-en-v1.5");
const servers = [];
for (const kind of kinds) {
  const child = fork(script, [kind, folder]);
  const [{ url }] = await once(child, "message");
  servers.push({ kind, url, child, times: [] });
}

async function ask({ url }) {
  const began = performance.now();
  const reply = await fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-bench" },
    body: '{"model":"model","input":"a red fox in the snow"}',
  });
  await reply.arrayBuffer();
  if (reply.status !== 200) throw new Error(`${reply.status}`);
  return performance.now() - began;
}

for (const server of servers) for (let i = 0; i < 100; i++) await ask(server);
const shares = [];
for (let round = 0; round < rounds; round++) {
  const times = kinds.map(() => []);
  for (let i = 0; i < count; i++)
    for (const place of i % 2 ? [0, 1] : [1, 0]) times[place].push(await ask(servers[place]));
  const [none, full] = times.map((all) => quantile(all));
  shares.push({ none, full, ratio: full / none });
}
for (const { child } of servers) child.disconnect();
console.log(
  JSON.stringify(
    { machine: machine(), rounds: shares, median: quantile(shares.map(({ ratio }) => ratio)) },
    null,
    2,
  ),
);
