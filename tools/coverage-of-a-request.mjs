// Prints how many of our files and functions one warm request runs in the server's process.
// node tools/coverage-of-a-request.mjs [--list]
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { createKernel } from "@kindred/core";
import { demoModels } from "@kindred/demo-models";
import { diffusion } from "@kindred/plugin-diffusion";
import { embedding } from "@kindred/plugin-embedding";
import { serve } from "@kindred/server-koa";

const requests = {
  "an embedding of one text": ["/v1/embeddings", { model: "demo-embedding", input: "a red fox" }],
  "a picture": ["/v1/images/generations", { model: "demo-image", prompt: "a red fox" }],
  "a picture, streamed": [
    "/v1/images/generations",
    { model: "demo-image", prompt: "a red fox", stream: true },
  ],
};
const ours = /\/packages\/[\w-]+\/dist\//;
const root = fileURLToPath(new URL("../packages/", import.meta.url));

const kernel = await createKernel({ plugins: [embedding(), diffusion()], models: demoModels });
const serving = await serve(kernel, { port: 0 });
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
for (const [name, [path, body]] of Object.entries(requests)) {
  for (let warm = 0; warm < 3; warm++) await ask(path, body);
  await session.post("Profiler.takePreciseCoverage");
  await ask(path, body);
  report(name, (await session.post("Profiler.takePreciseCoverage")).result);
}
await serving.close();
session.disconnect();

async function ask(path, body) {
  const reply = await fetch(serving.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await reply.text();
  if (reply.status !== 200) throw new Error(text);
}

function report(name, scripts) {
  const files = scripts
    .filter(({ url }) => ours.test(url))
    .map(({ url, functions }) => ({
      file: fileURLToPath(url).slice(root.length).replace("/dist/", "/"),
      run: functions.filter(({ ranges: [whole] }) => whole.count > 0),
    }))
    .filter(({ run }) => run.length > 0);
  const functions = files.flatMap(({ run }) => run);
  const named = functions.filter(({ functionName }) => functionName !== "");
  console.log(
    `${name}: ${files.length} files, ${functions.length} functions, ${named.length} of them named`,
  );
  if (!process.argv.includes("--list")) return;
  for (const { file, run } of files.toSorted((a, b) => (a.file < b.file ? -1 : 1))) {
    console.log(`  ${file}: ${run.map((each) => each.functionName || "(unnamed)").join(" ")}`);
  }
}
