import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { folderSource } from "@kindred/core";
import type { ModelSource } from "@kindred/core";
import { expect, test } from "vitest";
import { echoServer, launchBody } from "./echo-server.ts";

const sparrow = { name: "sparrow", repo: "birds/sparrow", revision: "abc" };

/** A source whose finds tell their progress, and wait until they are let go. */
function slowSource() {
  let open!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const source: ModelSource = {
    async find(path, call) {
      const file = { name: "model.safetensors", done: 5, total: 10 };
      call.onEvent({ what: "birds/sparrow", done: 25, total: 100, file });
      await Promise.race([
        opened,
        new Promise((_, reject) => {
          call.signal.addEventListener("abort", () => reject(call.signal.reason as Error));
        }),
      ]);
      return folderSource.find(path, call);
    },
  };
  return { source, open };
}

test("a folder is launched under its id, used, described and terminated", async () => {
  await using server = await echoServer();
  const { folder, ask } = server;
  const body = launchBody({ model_name: "tit", model_uid: "blue-tit", model_path: folder });
  expect(await ask("POST", "/v1/models", body)).toMatchObject({
    status: 200,
    body: { model_uid: "blue-tit" },
  });
  expect(await ask("GET", "/v1/models/blue-tit")).toMatchObject({
    body: { model_type: "echo", model_name: "blue-tit", model_ability: ["echo"], state: "ready" },
  });
  expect(await ask("POST", "/v1/echo", { model: "blue-tit", text: "a" })).toMatchObject({
    body: { output: "a" },
  });
  expect((await ask("DELETE", "/v1/models/blue-tit")).status).toBe(200);
  expect((await ask("GET", "/v1/models/blue-tit")).status).toBe(404);
  expect((await ask("DELETE", "/v1/models/blue-tit")).status).toBe(404);
});

test("without a model_uid, the id is the name, or the name with a number", async () => {
  await using server = await echoServer();
  const body = launchBody({ model_name: "tit", model_path: server.folder });
  const uids: string[] = [];
  for (let i = 0; i < 3; i++)
    uids.push((await server.ask("POST", "/v1/models", body)).body.model_uid);
  expect(uids).toEqual(["tit", "tit-1", "tit-2"]);
  const taken = await server.ask("POST", "/v1/models", { ...body, model_uid: "tit" });
  expect(taken).toMatchObject({ status: 400, body: { error: { param: "model_uid" } } });
});

test("replica, n_gpu and keep_alive are the launch's, and all further keys are the family's options", async () => {
  await using server = await echoServer();
  const asked = { replica: 2, n_gpu: null, keep_alive: "10m", loud: true, controlnet: "None" };
  const body = launchBody({ model_name: "tit", model_path: server.folder, ...asked });
  await server.ask("POST", "/v1/models", body);
  expect(server.kernel.models()).toMatchObject([
    { replicas: 2, keepAlive: 600, info: { options: { loud: true, controlnet: null } } },
  ]);
  expect(server.registry.launches).toEqual([
    {
      id: "tit",
      source: server.folder,
      optional: true,
      options: { loud: true, controlnet: null },
      replicas: 2,
      keepAlive: 600,
      prefer: ["cpu"],
    },
  ]);
});

test("values that ask for nothing else than what is done are accepted", async () => {
  await using server = await echoServer();
  const body = launchBody({
    model_name: "tit",
    model_path: server.folder,
    model_engine: "sentence_transformers",
    model_format: "pytorch",
    quantization: "none",
    peft_model_config: { lora_list: [] },
    enable_virtual_env: false,
    envs: {},
    trust_remote_code: true,
    download_hub: "huggingface",
    model_type: "echo",
  });
  expect((await server.ask("POST", "/v1/models", body)).status).toBe(200);
});

const path = "PATH";
test.each<[Record<string, unknown>, number, string]>([
  [{ model_name: "" }, 400, "model_name"],
  [{ model_name: "sparow" }, 404, "model_name"],
  [{ model_name: "tit", model_path: path, model_uid: 7 }, 400, "model_uid"],
  [{ model_name: "tit", model_path: path, model_uid: "a\nb" }, 400, "model_uid"],
  [{ model_name: "tit", model_path: path, model_uid: "instances" }, 400, "model_uid"],
  [{ model_name: "tit", model_path: path, peft_model_config: 1 }, 400, "peft_model_config"],
  [{ model_name: "tit", model_path: path, model_type: "swim" }, 400, "model_type"],
  [{ model_name: "sparrow", model_type: "embedding" }, 400, "model_type"],
  [{ model_name: "tit", model_path: path, replica: 0 }, 400, "replica"],
  [{ model_name: "tit", model_path: path, replica: 1e6 }, 400, "replica"],
  [{ model_name: "tit", model_path: path, n_gpu: 2 }, 400, "n_gpu"],
  [{ model_name: "tit", model_path: path, gpu_idx: [0, 1] }, 400, "gpu_idx"],
  [{ model_name: "tit", model_path: path, keep_alive: "soon" }, 400, "keep_alive"],
  [{ model_name: "tit", model_path: path, n_worker: 2 }, 400, "n_worker"],
  [{ model_name: "tit", model_path: path, worker_ip: "1.2.3.4" }, 400, "worker_ip"],
  [{ model_name: "tit", model_path: path, model_engine: "vLLM" }, 400, "model_engine"],
  [{ model_name: "tit", model_path: path, model_format: "ggufv2" }, 400, "model_format"],
  [{ model_name: "tit", model_path: path, quantization: "Int8" }, 400, "quantization"],
  [{ model_name: "tit", model_path: path, request_limits: 3 }, 400, "request_limits"],
  [{ model_name: "tit", model_path: path, replica_config: [{}] }, 400, "replica_config"],
  [{ model_name: "tit", model_path: path, enable_virtual_env: true }, 400, "enable_virtual_env"],
  [{ model_name: "tit", model_path: path, envs: { A: "1" } }, 400, "envs"],
  [{ model_name: "tit", model_path: path, download_hub: "csghub" }, 400, "download_hub"],
  [
    { model_name: "tit", model_path: path, peft_model_config: { lora_list: [{ lora_name: "a" }] } },
    400,
    "peft_model_config",
  ],
  [{ model_name: "tit", model_path: path, loudd: true }, 400, "loudd"],
])("%j is refused by name, and launches nothing", async (asked, status, param) => {
  await using server = await echoServer({ checkpoints: [sparrow] });
  const body = launchBody({
    ...asked,
    ...(asked["model_path"] === path && { model_path: server.folder }),
  });
  const reply = await server.ask("POST", "/v1/models", body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(status);
  expect(reply.body.error.param).toBe(param);
  expect(server.kernel.models()).toEqual([]);
  expect(server.registry.launches).toEqual([]);
});

test("a published model is launched by its name from its repository, not from a folder of that name", async () => {
  const found: string[] = [];
  const source: ModelSource = {
    find: (path, call) => (found.push(path), folderSource.find(tmpdir(), call)),
  };
  await using server = await echoServer({ checkpoints: [sparrow], source });
  await server.ask("POST", "/v1/models", launchBody({ model_name: "sparrow" }));
  await server.ask("POST", "/v1/models", launchBody({ model_name: "owls/eagle-owl" }));
  expect(found).toEqual(["birds/sparrow@abc", "owls/eagle-owl@main"]);
});

test("a launch that is not waited for can be followed, and cancelled", async () => {
  const { source } = slowSource();
  await using server = await echoServer({ checkpoints: [sparrow], source });
  const { ask } = server;
  const reply = await ask(
    "POST",
    "/v1/models?wait_ready=False",
    launchBody({ model_name: "sparrow" }),
  );
  expect(reply).toMatchObject({ status: 200, body: { model_uid: "sparrow" } });
  await expect
    .poll(async () => (await ask("GET", "/v1/models/sparrow/progress")).body)
    .toEqual({
      progress: 0.25,
      state: "loading",
      stage: "downloading",
      what: "birds/sparrow",
      done: 25,
      total: 100,
      file: { name: "model.safetensors", done: 5, total: 10 },
    });
  const instances = "/v1/models/instances?model_name=sparrow&model_uid=sparrow";
  expect((await ask("GET", instances)).body).toMatchObject([{ status: "LOADING" }]);
  expect((await ask("POST", "/v1/models/sparrow/cancel")).status).toBe(200);
  expect((await ask("GET", instances)).body).toEqual([]);
  expect(server.registry.launches).toEqual([]);
});

test("a launch that is ready cannot be cancelled", async () => {
  await using server = await echoServer({ models: [{ id: "tit", source: "" }] });
  const reply = await server.ask("POST", "/v1/models/tit/cancel");
  expect(reply).toMatchObject({ status: 400, body: { error: { param: "model_uid" } } });
  expect((await server.ask("GET", "/v1/models/tit/progress")).body).toMatchObject({ progress: 1 });
});

test("a launch that fails is told to who waits, and shown to who does not", async () => {
  await using server = await echoServer();
  const body = launchBody({ model_name: "tit", model_path: "/nowhere/tit" });
  const waited = await server.ask("POST", "/v1/models", body);
  expect(waited).toMatchObject({
    status: 404,
    body: { error: { code: "MODEL_NOT_FOUND", param: "model_path" } },
  });
  expect(server.kernel.models()).toEqual([]);
  await server.ask("POST", "/v1/models?wait_ready=false", body);
  const instances = async () => (await server.ask("GET", "/v1/models/instances")).body;
  await expect.poll(instances).toMatchObject([{ model_uid: "tit", status: "ERROR" }]);
  expect((await instances())[0].error_message).not.toContain("/nowhere");
  expect(server.registry.launches).toEqual([]);
});

test("a server stays ready while a model that was launched over HTTP loads or fails", async () => {
  await using server = await echoServer({ models: [{ id: "tit", source: "" }] });
  const body = launchBody({ model_name: "owl", model_path: "/nowhere/owl" });
  await server.ask("POST", "/v1/models?wait_ready=false", body);
  await expect.poll(() => server.kernel.models()[1]?.state).toBe("failed");
  expect(await server.ask("GET", "/ready")).toMatchObject({ status: 200, body: { ready: true } });
});

test("a relative path is kept as the one that it is here", async () => {
  await using server = await echoServer();
  const path = relative(process.cwd(), server.folder);
  await server.ask("POST", "/v1/models", launchBody({ model_name: "tit", model_path: path }));
  expect(server.registry.launches).toMatchObject([{ source: server.folder }]);
});

test("two launches of one name at once are two models, and of one id one", async () => {
  const { source, open } = slowSource();
  await using server = await echoServer({ source });
  const body = launchBody({ model_name: "tit", model_path: server.folder });
  const both = [1, 2].map(() => server.ask("POST", "/v1/models", body));
  await expect.poll(() => server.kernel.models().length).toBe(2);
  open();
  const uids = (await Promise.all(both)).map((reply) => reply.body.model_uid);
  expect(uids.toSorted()).toEqual(["tit", "tit-1"]);
});

test("launches, changes and terminations survive a restart", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "kindred-state-")), "state.json");
  await using server = await echoServer({ file });
  const { ask, folder } = server;
  for (const name of ["tit", "owl"])
    await ask("POST", "/v1/models", launchBody({ model_name: name, model_path: folder }));
  await ask("PATCH", "/v1/models/tit", { keep_alive: -1, replica: 3 });
  await ask("DELETE", "/v1/models/owl");
  await using next = await echoServer({ file });
  expect(next.registry.launches).toEqual([
    { id: "tit", source: folder, optional: true, keepAlive: Infinity, replicas: 3 },
  ]);
});

test("a launch that cannot be kept goes on, and says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-state-"));
  const file = join(folder, "state.json", "no");
  await using server = await echoServer({ file });
  await rm(folder, { recursive: true });
  const { writeFile, mkdir } = await import("node:fs/promises");
  await mkdir(folder);
  await writeFile(join(folder, "state.json"), "a file where a folder should be");
  const body = launchBody({ model_name: "tit", model_path: server.folder });
  const reply = await server.ask("POST", "/v1/models", body);
  expect(reply).toMatchObject({ status: 200, body: { model_uid: "tit" } });
  expect(reply.body.warnings).toEqual([expect.stringContaining("does not survive a restart")]);
  expect(await readFile(join(folder, "state.json"), "utf8")).toMatch(/^a file/);
});

test("two launches of one name and type at once are two models", async () => {
  await using server = await echoServer();
  const body = launchBody({ model_name: "tit", model_path: server.folder, model_type: "echo" });
  const both = [true, false].map((loud) => server.ask("POST", "/v1/models", { ...body, loud }));
  const uids = (await Promise.all(both)).map((reply) => reply.body.model_uid);
  expect(uids.toSorted()).toEqual(["tit", "tit-1"]);
});

test("a change made while the model loads survives a restart", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "kindred-state-")), "state.json");
  const { source, open } = slowSource();
  await using server = await echoServer({ file, source });
  const { ask, folder } = server;
  const launching = ask(
    "POST",
    "/v1/models",
    launchBody({ model_name: "tit", model_path: folder }),
  );
  await expect.poll(() => server.kernel.models().length).toBe(1);
  const changed = await ask("PATCH", "/v1/models/tit", { keep_alive: -1, replica: 3 });
  expect(changed.status).toBe(200);
  open();
  await launching;
  await using next = await echoServer({ file });
  expect(next.registry.launches).toEqual([
    { id: "tit", source: folder, optional: true, keepAlive: Infinity, replicas: 3 },
  ]);
});

test("a launch that is terminated as it becomes ready is not there after a restart", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "kindred-state-")), "state.json");
  const { source, open } = slowSource();
  await using server = await echoServer({ file, source });
  const { ask, folder, kernel, registry } = server;
  const forgetLaunch = registry.forgetLaunch.bind(registry);
  registry.forgetLaunch = async (id) => {
    await forgetLaunch(id);
    open();
    await expect.poll(() => kernel.models()[0]!.state).toBe("ready");
  };
  const body = launchBody({ model_name: "tit", model_path: folder });
  const launching = ask("POST", "/v1/models", body);
  await expect.poll(() => kernel.models().length).toBe(1);
  expect((await ask("DELETE", "/v1/models/tit")).status).toBe(200);
  await launching;
  expect(registry.launches).toEqual([]);
});

test("a kept launch that is cancelled while it loads after a restart does not come again", async () => {
  const file = join(await mkdtemp(join(tmpdir(), "kindred-state-")), "state.json");
  const { source } = slowSource();
  await using server = await echoServer({ file, source });
  const { ask, folder, kernel, registry } = server;
  const launch = { id: "tit", source: folder };
  await registry.keepLaunch(launch);
  kernel.load(launch).catch(() => {});
  expect((await ask("POST", "/v1/models/tit/cancel")).status).toBe(200);
  await using next = await echoServer({ file });
  expect(next.registry.launches).toEqual([]);
});

test.each(["replica", "keep_alive", "n_gpu", "gpu_idx", "model_uid", "n_worker"])(
  "a %s too deep to be told is refused by name",
  async (key) => {
    await using server = await echoServer();
    const deep = "[".repeat(40_000) + "]".repeat(40_000);
    const reply = await fetch(`${server.url}/v1/models`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: `{"model_name": "tit", "model_path": ${JSON.stringify(server.folder)}, "${key}": ${deep}}`,
    });
    expect(reply.status).toBe(400);
    expect((await reply.json()).error).toMatchObject({ param: key });
  },
);
