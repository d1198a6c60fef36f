import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { kindred, start } from "../started.ts";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";

async function folder() {
  const path = await mkdtemp(join(tmpdir(), "kindred-reload-"));
  const file = join(path, "kindred.config.json");
  return {
    path,
    write: (config: object) => writeFile(file, JSON.stringify(config)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  };
}

async function ask(url: string, model: string): Promise<number> {
  const reply = await fetch(`${url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model,
      input: Array.from({ length: 20 }, (_, i) => `fox ${i} `.repeat(20)),
    }),
  });
  await reply.text();
  return reply.status;
}

async function ids(url: string): Promise<readonly string[]> {
  const { data } = await (await fetch(`${url}/v1/models`)).json();
  return data.map(({ id }: { id: string }) => id).toSorted();
}

test("a changed file launches, unloads and changes models, and no request of a changed one is lost", async () => {
  await using model = await fixture("bge-tiny");
  await using place = await folder();
  const changing = { id: "changing", source: model.path };
  const gone = { id: "gone", source: model.path };
  const settings = { port: 0, state: false };
  await place.write({ ...settings, models: [changing, gone] });
  await using server = await start(kindred, ["serve"], { cwd: place.path });
  const { url } = server;
  const statuses: number[] = [];
  let isOver = false;
  const load = Array.from({ length: 6 }, async () => {
    while (!isOver) statuses.push(await ask(url, "changing"));
  });
  for (const runTimeout of [100, 200, 300]) {
    await place.write({
      ...settings,
      models: [
        { ...changing, runTimeout },
        { id: `new-${runTimeout}`, source: model.path },
      ],
    });
    server.kill("SIGHUP");
    const wanted = ["changing", `new-${runTimeout}`];
    await expect.poll(() => ids(url), { timeout: 20_000 }).toEqual(wanted);
  }
  isOver = true;
  await Promise.all(load);
  expect(statuses.length).toBeGreaterThan(6);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(server.output.match(/a model is changed model=changing/g)!.length).toBeGreaterThan(0);
  expect(server.output).toMatch(/a model is unloaded model=gone/);
}, 60_000);

test("SIGHUP while a server starts does not end it, and is heard once it has", async () => {
  await using place = await folder();
  await place.write({ port: 0, state: false, models: ["demo-embedding"] });
  const starting = start(kindred, ["serve"], {
    cwd: place.path,
    // Told before the models are launched.
    env: { ...process.env, KINDRED_PROT: "1" },
    started: (child) => void child.stderr?.once("data", () => child.kill("SIGHUP")),
  });
  await using server = await starting;
  await expect.poll(() => server.output).toMatch(/the configuration was read again/);
}, 60_000);

test("replicas and the keep-alive are changed in the served model, and what is launched over HTTP stays", async () => {
  await using model = await fixture("bge-tiny");
  await using place = await folder();
  const settings = { port: 0, state: false };
  const served = { id: "m", source: model.path, keepAlive: 60 };
  await place.write({ ...settings, models: [served] });
  await using server = await start(kindred, ["serve"], { cwd: place.path });
  const { url } = server;
  const launched = await fetch(`${url}/v1/models`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model_name: "mine", model_path: model.path }),
  });
  expect(launched.status).toBe(200);
  await place.write({ ...settings, models: [{ ...served, keepAlive: "5m", replicas: 2 }] });
  const told = async () => (await fetch(`${url}/v1/models/m`)).json();
  await expect.poll(told, { timeout: 10_000 }).toMatchObject({ keepAlive: 300, replicas: 2 });
  expect(await ids(url)).toEqual(["m", "mine"]);
}, 30_000);

test("a file that is wrong changes nothing, a changed port is named, and keys are exchanged", async () => {
  await using place = await folder();
  const settings = { port: 0, state: false, models: ["demo-embedding"], keys: ["a=sk-old"] };
  await place.write(settings);
  await using server = await start(kindred, ["serve"], { cwd: place.path });
  const status = async (key: string) => {
    const headers = { authorization: `Bearer ${key}` };
    return (await fetch(`${server.url}/v1/models`, { headers })).status;
  };
  await place.write({ ...settings, keys: ["a=sk-new"], prot: 1 });
  server.kill("SIGHUP");
  await expect
    .poll(() => server.output)
    .toMatch(/error: the configuration stays as it was .*no setting.*Did you mean/);
  expect([await status("sk-old"), await status("sk-new")]).toEqual([200, 401]);
  await place.write({ ...settings, keys: ["a=sk-new"], port: 1 });
  server.kill("SIGHUP");
  await expect.poll(() => status("sk-new")).toBe(200);
  expect(await status("sk-old")).toBe(401);
  await expect
    .poll(() => server.output)
    .toMatch(/warning: a changed setting needs a restart setting=port/);
  expect(server.output).not.toMatch(/sk-/);
}, 30_000);

test("limits are exchanged, by the name of a key too", async () => {
  await using place = await folder();
  const settings = { port: 0, state: false, models: ["demo-embedding"], keys: ["a=sk-a"] };
  await place.write(settings);
  await using server = await start(kindred, ["serve"], { cwd: place.path });
  const status = async () => {
    const reply = await fetch(`${server.url}/v1/embeddings`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-a" },
      body: JSON.stringify({ model: "demo-embedding", input: "a fox" }),
    });
    return reply.status;
  };
  expect([await status(), await status()]).toEqual([200, 200]);
  await place.write({ ...settings, limits: { perKey: { a: { requestsPerMinute: 1 } } } });
  server.kill("SIGHUP");
  await expect.poll(status).toBe(429);
}, 30_000);

test("without a file, SIGHUP says so and ends nothing", async () => {
  await using place = await folder();
  const args = ["serve", "--port", "0", "--no-state", "demo-embedding"];
  await using server = await start(kindred, args, { cwd: place.path });
  server.kill("SIGHUP");
  await expect.poll(() => server.output).toMatch(/there is no configuration file to read again/);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
});
