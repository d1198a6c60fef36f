import { expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { home } from "../../core/test/hub/fetched.ts";
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
