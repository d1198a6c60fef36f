import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { childrenOf, isAlive } from "../../../test/load/process-tree.ts";
import { kindred, start } from "../../../test/started.ts";
import { fixture } from "../../plugin-embedding/test/fixture.ts";
import { command } from "./command.ts";

test("without a model it serves the demo models, and each command it prints works", async () => {
  const data = await mkdtemp(join(tmpdir(), "kindred-data-"));
  await using server = await start(kindred, ["serve", "--port", "0", "--data", data]);
  const lines = await vi.waitUntil(() => /(?:^ {2}curl .*\n){3}/m.exec(server.output)?.[0], 30_000);
  const [drawn, embedded, listed] = await Promise.all(lines.trim().split("\n").map(typed));
  const picture = await fetch(drawn.data[0].url);
  expect(picture.headers.get("content-type")).toBe("image/png");
  expect(embedded.data).toHaveLength(2);
  expect(listed.data.map(({ id }: { id: string }) => id)).toEqual(["demo-image", "demo-embedding"]);
  expect(server.output).toMatch(
    /kindred serve OWNER\/NAME\n {2}kindred serve --model ID=FOLDER\n\n.*: kindred models\n/,
  );
  await rm(data, { recursive: true });
});

async function typed(line: string): Promise<any> {
  const { stdout } = await promisify(execFile)("bash", ["-c", line]);
  return JSON.parse(stdout);
}

test("a demo model can be served beside another, with options", async () => {
  await using model = await fixture("bge-tiny");
  const models = ["--model", "demo-embedding", "--model", `m=${model.path}`];
  const options = ["--option", "demo-embedding.keepAlive=10"];
  await using server = await start(kindred, ["serve", "--port", "0", ...models, ...options]);
  const { data } = await (await fetch(`${server.url}/v1/models`)).json();
  expect(data.map(({ id }: { id: string }) => id)).toEqual(["demo-embedding", "m"]);
  expect(server.output).not.toMatch(/curl/);
});

test("there is a page at / unless --no-playground", async () => {
  await using server = await start(kindred, ["serve", "--port", "0"]);
  const page = await fetch(server.url);
  expect(page.headers.get("content-type")).toMatch(/^text\/html/);
  await using bare = await start(kindred, ["serve", "--port", "0", "--no-playground"]);
  expect((await fetch(bare.url)).status).toBe(404);
});

test("offline, a published model's name is answered with the commands that fetch and serve it", async () => {
  const offline = { HF_HUB_OFFLINE: "1", HF_HOME: "/no/such/home" };
  const args = ["serve", "--port", "0", "Small=bge-small-en-v1.5"];
  const { status, stderr } = await command(args, undefined, offline);
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^kindred: Small cannot be served: There is no folder .*:\n {2}hf download BAAI\/bge-small-en-v1\.5 --revision [0-9a-f]{40} --local-dir models\/bge-small-en-v1\.5\nOnce it is fetched: kindred serve --model Small=models\/bge-small-en-v1\.5\n/,
  );
  const ran = await command(["run", "BAAI/bge-small-en-v1.5", "a fox"], undefined, offline);
  expect(ran.stderr).toMatch(/launch the folder models\/bge-small-en-v1\.5:\n {2}hf download /);
});

test("with --keep-going, a model that cannot be served is named with its reason, and the rest work", async () => {
  await using model = await fixture("bge-tiny");
  const models = ["--model", `good=${model.path}`, "--model", "bad=/no/such/folder"];
  await using server = await start(kindred, ["serve", "--port", "0", "--keep-going", ...models]);
  expect(server.output).toMatch(/bad cannot be served: There is no folder "\/no\/such\/folder"/);
  const reply = await fetch(`${server.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "good", input: "a fox" }),
  });
  expect(reply.status).toBe(200);
  const ready = await fetch(`${server.url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    ready: false,
    models: [
      { id: "good", state: "ready" },
      { id: "bad", state: "failed" },
    ],
  });
});

test("with --ready any, one model is enough to be ready", async () => {
  await using model = await fixture("bge-tiny");
  const models = ["--model", `good=${model.path}`, "--model", "bad=/no/such/folder"];
  const flags = ["--keep-going", "--ready", "any"];
  await using server = await start(kindred, ["serve", "--port", "0", ...flags, ...models]);
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
});

test.each([
  [["/no/such/folder"], /^kindred: m0 cannot be served: There is no folder "\/no\/such\/folder"/],
  [["bge-tiny", "/no/such/folder"], /^kindred: m1 cannot be served: There is no folder/],
  [
    ["/no/such/folder", "/nor/this"],
    /^kindred: m0 cannot be served: .*\nm1 cannot be served: There is no folder "\/nor\/this"/,
  ],
])("with the models %j it ends with status 1 and the reasons", async (sources, reasons) => {
  await using model = await fixture("bge-tiny");
  const paths = sources.map((source) => (source === "bge-tiny" ? model.path : source));
  const models = paths.flatMap((path, i) => ["--model", `m${i}=${path}`]);
  const { status, stdout, stderr } = await command(["serve", "--port", "0", ...models]);
  expect([status, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(reasons);
  expect(stderr).toMatch(/serve the other models with --keep-going\.\n$/);
});

test("options reach the model's family", async () => {
  await using model = await fixture("bge-tiny");
  const args = ["--model", `m=${model.path}`, "--option", "m.nonsense=1"];
  const { status, stderr } = await command(["serve", "--port", "0", ...args]);
  expect([status, stderr]).toEqual([1, expect.stringMatching(/m cannot be served: .*nonsense/)]);
});

test("--memory bounds what models may take", async () => {
  await using model = await fixture("bge-tiny");
  const args = ["--model", `m=${model.path}`, "--memory", "1MB"];
  const { status, stderr } = await command(["serve", "--port", "0", ...args]);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/m cannot be served: "m" needs .* 1 MB in all/),
  ]);
});

test("--max-side and --max-pixel-steps bound what a request may have drawn", async () => {
  const flags = ["--max-side", "256", "--model", "demo-image"];
  const { status, stderr } = await command(["serve", "--port", "0", ...flags]);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(
      /defaults beyond its limits: width is 512; "demo-image" draws sides of at most 256 pixels/,
    ),
  ]);
  const few = ["--max-pixel-steps", "3e5", "--model", "demo-image"];
  await using server = await start(kindred, ["serve", "--port", "0", ...few]);
  const reply = await fetch(`${server.url}/v1/images/generations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ prompt: "an apple", num_inference_steps: 8, n: 10 }),
  });
  expect([reply.status, (await reply.json()).error]).toEqual([
    400,
    expect.objectContaining({ code: "INVALID_INPUT", param: "n" }),
  ]);
});

test("SIGTERM lets a request under way finish, then ends it with status 0", async () => {
  await using model = await fixture("bge-tiny");
  await using server = await start(kindred, ["serve", "--port", "0", "--model", `m=${model.path}`]);
  const input = Array.from({ length: 400 }, (_, i) => `fox number ${i} `.repeat(20));
  const asked = fetch(`${server.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", input }),
  });
  await ready(server.url);
  server.kill("SIGTERM");
  const reply = await asked;
  expect(reply.status).toBe(200);
  expect((await reply.json()).data).toHaveLength(400);
  expect(await server.ended).toBe(0);
  await expect(fetch(server.url)).rejects.toThrow();
});

test.each([
  ["SIGTERM", "SIGTERM"],
  ["SIGTERM", "SIGINT"],
] as const)(
  "%s and %s at once end it at once, and its graphs' processes during a run",
  async (first, second) => {
    await using model = await fixture("bge-tiny");
    const args = ["serve", "--port", "0", "--model", `m=${model.path}`];
    await using server = await start(kindred, args);
    const input = Array.from({ length: 2000 }, (_, i) => `fox number ${i} `.repeat(20));
    const asked = fetch(`${server.url}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", input }),
    });
    const lost = expect(asked).rejects.toThrow();
    await ready(server.url);
    const children = childrenOf(server.pid);
    expect(children.length).toBeGreaterThan(0);
    server.kill(first);
    await vi.waitUntil(() => server.output.includes("finishing running requests"));
    server.kill(second);
    expect(await server.ended).toBe(1);
    await lost;
    await vi.waitFor(() => expect(children.filter(isAlive)).toEqual([]), { timeout: 1000 });
  },
);

/** Resolves once the server works on the request that was sent before. */
async function ready(url: string): Promise<void> {
  for (;;) {
    const { graphs } = await (await fetch(`${url}/v1/models/m`)).json();
    if (graphs.some(({ open }: { open: boolean }) => open)) return;
  }
}
