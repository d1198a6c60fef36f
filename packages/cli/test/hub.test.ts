import { expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { home } from "../../core/test/hub/fetched.ts";
import { modelScopeHome } from "../../core/test/hub/model-scope-home.ts";
import { modelScopeStandIn } from "../../core/test/hub/model-scope-stand-in.ts";
import { standIn } from "../../core/test/hub/stand-in.ts";
import { command } from "./command.ts";
import { repository } from "./repository.ts";

test("a name is downloaded, with lines that say so, and served; then it runs offline", async () => {
  await using hub = await standIn({ files: await repository() });
  await using at = await home();
  const env = { ...process.env, ...at.env(hub) };
  await using server = await start(kindred, ["serve", "--port", "0", "birds/lark"], { env });
  expect(server.output).toMatch(
    /^birds\/lark at 5c38ec7 is not cached; downloading [\d.]+ [KM]B in 1 file to (\S+)\ndownloading birds\/lark: /,
  );
  expect(server.output).toContain(` file to ${at.repo}\n`);
  expect(server.output).toMatch(/downloading birds\/lark: (.+) of \1\n/);
  expect(server.output).toMatch(/serving birds\/lark\n/);
  const reply = await fetch(`${server.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "birds/lark", input: "a fox" }),
  });
  expect(reply.status).toBe(200);
  expect(hub.fetched.map(({ path }) => path).join()).not.toContain("tf_model.h5");
  const offline = at.env(undefined, { HF_HUB_OFFLINE: "1" });
  const ran = await command(["run", "small=birds/lark@main", "a fox"], undefined, offline);
  expect([ran.status, ran.stderr]).toEqual([0, ""]);
});

test("a published model's name is downloaded from its repository at its commit", async () => {
  const at = "88885630388d6249d876a3ab145b78b34665b79a";
  await using hub = await standIn({
    files: await repository(),
    repo: "BAAI/bge-small-en-v1.5",
    at,
  });
  await using place = await home();
  const ran = await command(["run", "bge-small-en-v1.5", "a fox"], undefined, place.env(hub));
  expect([ran.status, ran.stderr]).toEqual([
    0,
    expect.stringMatching(/^(downloading BAAI\/bge-small-en-v1\.5: .*\n)+$/),
  ]);
});

test("a gated model, and a name that nobody knows, end with what to do", async () => {
  const gate = { status: 403, headers: { "x-error-code": "GatedRepo" } };
  await using hub = await standIn({
    files: await repository(),
    fault: ({ path }) => (path.includes("/resolve/") ? gate : undefined),
  });
  await using at = await home();
  const gated = await command(["serve", "--port", "0", "birds/lark"], undefined, at.env(hub));
  expect(gated.status).toBe(1);
  expect(gated.stderr).toMatch(
    /^kindred: birds\/lark cannot be served: birds\/lark is gated \(403\)\. Accept its licence on http/,
  );
  const unknown = await command(["serve", "--port", "0", "lark"], undefined, at.env(hub));
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toMatch(
    /^kindred: lark cannot be served: There is no folder "lark", and no published model that is known by that name\. Name a folder .* OWNER\/NAME\./,
  );
});

test("kindred pull fetches what serving would read, and asks anew what a branch stands for", async () => {
  await using hub = await standIn({ files: await repository() });
  await using at = await home();
  const pulled = await command(["pull", "birds/lark"], undefined, at.env(hub));
  expect([pulled.status, pulled.stdout]).toEqual([0, "birds/lark can be served\n"]);
  expect(pulled.stderr).toMatch(/^(downloading birds\/lark: .*\n)+$/);
  expect(hub.fetched.map(({ path }) => path).join()).not.toContain("tf_model.h5");
  const { sent } = hub;
  const again = await command(["pull", "birds/lark"], undefined, at.env(hub));
  expect([again.status, again.stderr, hub.sent]).toEqual([0, "", sent]);
  const revision = "/api/models/birds/lark/revision/main";
  expect(hub.asked.filter(({ path }) => path === revision)).toHaveLength(2);
  const offline = at.env(undefined, { HF_HUB_OFFLINE: "1" });
  expect((await command(["run", "birds/lark", "a fox"], undefined, offline)).status).toBe(0);
});

test("--source modelscope serves, runs and pulls a published name from its repository there", async () => {
  const files = await repository();
  await using hub = await modelScopeStandIn({
    files,
    repo: "Xorbits/bge-small-en-v1.5",
    revisions: ["v0.0.2"],
  });
  await using at = await modelScopeHome();
  const { env } = at.options(hub);
  const source = ["--source", "modelscope"];
  const pulled = await command(["pull", ...source, "bge-small-en-v1.5"], undefined, env);
  expect([pulled.status, pulled.stdout]).toEqual([0, "bge-small-en-v1.5 can be served\n"]);
  expect(hub.fetched.map(({ path }) => path).join()).not.toContain("tf_model.h5");
  const { length } = hub.asked;
  const words = ["serve", "--port", "0", ...source, "bge-small-en-v1.5"];
  await using server = await start(kindred, words, { env: { ...process.env, ...env } });
  expect(server.output).toMatch(/serving bge-small-en-v1\.5\n/);
  const ran = await command(["run", ...source, "bge-small-en-v1.5", "a fox"], undefined, env);
  expect([ran.status, ran.stderr]).toEqual([0, ""]);
  expect(hub.asked).toHaveLength(length);
});

test("a published name that ModelScope is not known to have, and a source that is none, are refused", async () => {
  const name = "bge-large-zh-noinstruct";
  const refused = await command(["run", "--source", "modelscope", name, "a fox"]);
  expect([refused.status, refused.stderr]).toEqual([
    1,
    expect.stringMatching(
      /^kindred: "bge-large-zh-noinstruct" is published on Hugging Face, and where it is on ModelScope is not known\./,
    ),
  ]);
  const none = await command(["pull", "--source", "gitlab", name]);
  expect([none.status, none.stderr]).toEqual([
    2,
    expect.stringMatching(/--source must be huggingface or modelscope, not "gitlab"\./),
  ]);
});
