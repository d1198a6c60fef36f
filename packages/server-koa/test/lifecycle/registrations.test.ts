import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { echoServer, launchBody } from "./echo-server.ts";
import type { EchoServer } from "./echo-server.ts";

const checkpoints = [
  { name: "sparrow", repo: "birds/sparrow", revision: "abc", license: "MIT", gated: true },
];
const type = "/v1/model_registrations/echo";

function register({ ask }: EchoServer, spec: object | string, more: object = { persist: true }) {
  const model = typeof spec === "string" ? spec : JSON.stringify(spec);
  return ask("POST", type, { model, worker_ip: null, persist: true, ...more });
}

test("published and registered models of a type are listed by name", async () => {
  await using server = await echoServer({ checkpoints });
  await register(server, { model_name: "mine", model_uri: server.folder });
  expect((await server.ask("GET", `${type}?detailed=false`)).body).toEqual([
    { model_name: "mine", is_builtin: false },
    { model_name: "sparrow", is_builtin: true },
  ]);
  const [, detailed] = (await server.ask("GET", `${type}?detailed=true`)).body;
  expect(detailed).toMatchObject({
    model_name: "sparrow",
    model_family: "birds",
    model_id: "birds/sparrow",
    model_revision: "abc",
    license: "MIT",
    gated: true,
    is_builtin: true,
  });
  expect((await server.ask("GET", "/v1/model_registrations/LLM")).body).toEqual([]);
});

test("a registered model is launched by a request that names it, and by its name", async () => {
  await using server = await echoServer();
  const { ask, folder } = server;
  const spec = {
    model_name: "mine",
    language: ["en"],
    model_specs: [{ model_format: "pytorch", model_uri: pathToFileURL(folder).href }],
    virtualenv: { packages: ["x"] },
  };
  const reply = await register(server, spec);
  expect(reply).toMatchObject({
    status: 200,
    body: { warnings: ["virtualenv is kept, and changes nothing here."] },
  });
  expect((await ask("GET", `${type}/mine`)).body).toMatchObject({ ...spec, is_builtin: false });
  expect((await ask("GET", "/v1/models/mine")).body).toMatchObject({
    id: "mine",
    model_type: "echo",
    state: "unloaded",
  });
  expect((await ask("POST", "/v1/echo", { model: "mine", text: "a" })).body.output).toBe("a");
  expect((await ask("GET", "/v1/models/mine")).body).toMatchObject({
    state: "ready",
    onDemand: true,
  });
  await ask("POST", "/v1/models", launchBody({ model_name: "mine", model_uid: "other" }));
  expect((await ask("GET", "/v1/models/other")).body).toMatchObject({ model_name: "mine" });
});

test("a registration's ControlNets are launched by their names", async () => {
  await using server = await echoServer();
  const spec = {
    model_name: "mine",
    model_uri: server.folder,
    controlnet: [
      { model_name: "lines", model_uri: "/models/lines" },
      { model_name: "pose", model_id: "nets/pose", model_revision: "v1" },
    ],
  };
  await register(server, spec);
  const controlnet = ["lines", "pose", "canny"];
  await server.ask("POST", "/v1/models", launchBody({ model_name: "mine", controlnet }));
  expect(server.kernel.models()[0]?.info).toMatchObject({
    options: { controlnet: { lines: "/models/lines", pose: "nets/pose@v1", canny: "canny" } },
  });
});

test("a registration survives a restart when it says so, until it is unregistered", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "kindred-state-")), "state.json");
  await using server = await echoServer({ file });
  await register(server, { model_name: "kept", model_uri: server.folder });
  await register(server, { model_name: "passing", model_uri: server.folder }, { persist: false });
  await using next = await echoServer({ file });
  const names = async () =>
    (await next.ask("GET", type)).body.map(({ model_name }: { model_name: string }) => model_name);
  expect(await names()).toEqual(["kept"]);
  expect((await next.ask("DELETE", `${type}/kept`)).status).toBe(200);
  expect(await names()).toEqual([]);
  expect((await next.ask("DELETE", `${type}/kept`)).status).toBe(404);
});

test.each<[object | string, object, string]>([
  ["{", {}, "model"],
  ["[]", {}, "model"],
  [{}, {}, "model_name"],
  [{ model_name: "a" }, {}, "model_uri"],
  [{ model_name: "a", model_uri: "s3://bucket/a" }, {}, "model_uri"],
  [{ model_name: "a", model_specs: [] }, {}, "model_specs"],
  [{ model_name: "a", model_uri: "/x", controlnet: [{}] }, {}, "controlnet"],
  [{ model_name: "a", model_uri: "/x" }, { persist: 1 }, "persist"],
  [{ model_name: "a", model_uri: "/x" }, { worker_ip: "1.2.3.4" }, "worker_ip"],
])("registering %j %j is refused by name", async (spec, more, param) => {
  await using server = await echoServer();
  const reply = await register(server, spec, more);
  expect(reply).toMatchObject({ status: 400, body: { error: { param } } });
  expect(server.registry.models).toEqual([]);
});

test("a folder that is not there, a model of another type and a published name are refused", async () => {
  await using server = await echoServer({ checkpoints });
  const { folder } = server;
  const absent = await register(server, { model_name: "a", model_uri: "/nowhere" });
  expect(absent.status).toBeGreaterThanOrEqual(400);
  const model = JSON.stringify({ model_name: "a", model_uri: folder });
  const swim = await server.ask("POST", "/v1/model_registrations/swim", { model, persist: true });
  expect(swim).toMatchObject({ status: 400, body: { detail: expect.stringContaining('"echo"') } });
  const LLM = await server.ask("POST", "/v1/model_registrations/LLM", { model, persist: true });
  expect(LLM).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining("echo, swim") },
  });
  const taken = await register(server, { model_name: "sparrow", model_uri: folder });
  expect(taken.status).toBe(400);
  expect((await server.ask("DELETE", `${type}/sparrow`)).status).toBe(400);
});

test("where a registered model lies is told to who may register models alone", async () => {
  await using server = await echoServer();
  await register(server, { model_name: "mine", model_uri: server.folder });
  for (const path of [`${type}/mine`, `${type}?detailed=true`]) {
    const proxied = await server.ask("GET", path, undefined, { "x-forwarded-for": "1.2.3.4" });
    expect(proxied.status).toBe(200);
    expect(JSON.stringify(proxied.body)).toContain('"mine"');
    expect(JSON.stringify(proxied.body)).not.toContain(server.folder);
    const own = await server.ask("GET", path);
    expect(JSON.stringify(own.body)).toContain(server.folder);
  }
});

test("a specification that is nested too deeply to be written is refused, and others are kept", async () => {
  await using server = await echoServer();
  const deep = `{"model_name": "deep", "model_uri": ${JSON.stringify(server.folder)}, "x": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
  for (const persist of [true, false]) {
    const refused = await register(server, deep, { persist });
    expect(refused).toMatchObject({ status: 400, body: { error: { param: "spec" } } });
  }
  expect((await server.ask("GET", `${type}?detailed=true`)).body).toEqual([]);
  const other = await register(server, { model_name: "mine", model_uri: server.folder });
  expect(other.status).toBe(200);
});
