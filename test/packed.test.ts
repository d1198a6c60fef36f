import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { classifierFolder } from "../examples/classify-plugin/test/classifier-folder.ts";
import { fixture } from "../packages/plugin-embedding/test/fixture.ts";
import { start } from "./started.ts";

const execute = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const packages = [
  "core",
  "text-encoders",
  "plugin-embedding",
  "plugin-rerank",
  "plugin-diffusion",
  "server-koa",
  "demo-models",
  "cli",
];

test.skipIf(!process.env["KINDRED_FULL"])(
  "a stranger's plugin, packed and installed elsewhere, is served beside embeddings",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "kindred-packed-"));
    const app = await installed(folder);
    await using classifier = await classifierFolder();
    await using embedder = await fixture("bge-tiny");
    const script = join(app, "node_modules/@kindred/cli/bin/kindred.js");
    const models = [`classifier=${classifier.path}`, `embedder=${embedder.path}`];
    const args = ["serve", "--port", "0", ...models.flatMap((model) => ["--model", model])];
    {
      await using server = await start(script, args, { cwd: app });
      const classified = await post(`${server.url}/v1/classify`, { input: ["a fox", "the sea"] });
      expect(classified.data).toHaveLength(2);
      const embedded = await post(`${server.url}/v1/embeddings`, { input: "a fox" });
      expect(embedded.data[0].embedding).toHaveLength(48);
    }
    const ran = [script, "run", models[0]!, "a red fox"];
    const { stdout } = await execute(process.execPath, ran, { cwd: app });
    expect(JSON.parse(stdout).data).toHaveLength(1);
    await rm(folder, { recursive: true });
  },
  600_000,
);

/** Makes an application that depends on all packages in packed form, as if they came from the registry. */
async function installed(folder: string): Promise<string> {
  const app = await mkdtemp(join(folder, "app-"));
  const sources = [...packages.map((name) => `packages/${name}`), "examples/classify-plugin"];
  const workspaces = sources.flatMap((source) => ["-w", source]);
  await npm(["pack", "--pack-destination", folder, ...workspaces], root);
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith(".tgz"));
  expect(tarballs).toHaveLength(sources.length);
  await writeFile(join(app, "package.json"), JSON.stringify({ name: "app", private: true }));
  const files = tarballs.map((name) => join(folder, name));
  await npm(
    ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", ...files],
    app,
  );
  return app;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  await execute("npm", [...args], { cwd, shell: process.platform === "win32" });
}

async function post(url: string, body: object): Promise<any> {
  const reply = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return reply.json();
}
