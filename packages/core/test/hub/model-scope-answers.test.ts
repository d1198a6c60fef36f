import { expect, test } from "vitest";
import { hubSource } from "../../src/hub/index.ts";
import { call } from "../fixtures.ts";
import { fetchAll } from "./fetched.ts";
import { modelScopeHome } from "./model-scope-home.ts";
import { modelScopeStandIn } from "./model-scope-stand-in.ts";
import { bytes } from "./stand-in.ts";
import type { ModelScopeStandInOptions } from "./model-scope-stand-in.ts";
import type { Fault } from "./stand-in.ts";

const files = { "model.safetensors": bytes(500_000) };
const token = { MODELSCOPE_API_TOKEN: "ms-x" };
const isListing = ({ path }: { path: string }) => path.endsWith("/repo/files");

/** The reason why a stand-in gives no model. */
async function reason(
  options: Omit<ModelScopeStandInOptions, "files">,
  env: NodeJS.ProcessEnv = {},
  source = "birds/lark",
): Promise<string> {
  await using hub = await modelScopeStandIn({ files, ...options });
  await using at = await modelScopeHome();
  const error = await fetchAll({ ...at.options(hub, env), attempts: 2 }, source).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "LOAD_FAILED" });
  return (error as Error).message.replaceAll(hub.url, "HUB");
}

function refusal(status: number, body: object): Fault {
  const headers = { "content-type": "application/json" };
  return { status, headers, body: JSON.stringify({ Success: false, ...body }) };
}

test("a private model is told without a token and with another's, and comes with the right one", async () => {
  expect(await reason({ token: "ms-x" })).toBe(
    "HUB does not let everybody read birds/lark (403): it is private, given out on application, or not there. Check the name, apply on HUB/models/birds/lark where it asks for that, and set MODELSCOPE_API_TOKEN to a token of that account. It says: the model is private",
  );
  expect(await reason({ token: "ms-x" }, { MODELSCOPE_API_TOKEN: "ms-y" })).toMatch(
    /^HUB does not let the account of your token read birds\/lark \(403\): .* Apply on HUB\/models\/birds\/lark with that account/,
  );
  await using hub = await modelScopeStandIn({ files, token: "ms-x" });
  await using at = await modelScopeHome();
  await fetchAll(at.options(hub, token));
});

test("without a token none is sent, and no body is compressed", async () => {
  await using hub = await modelScopeStandIn({ files });
  await using at = await modelScopeHome();
  await fetchAll(at.options(hub));
  const sent = hub.asked.map(({ headers }) => [headers.authorization, headers.cookie]);
  expect(sent).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(hub.asked.map(({ headers }) => headers["accept-encoding"])).toEqual(
    Array(2).fill("identity"),
  );
});

test("a redirect is followed with the range, and token and cookie stay with the endpoint", async () => {
  await using storage = await modelScopeStandIn({
    files,
    fault: (_, nth) => (nth === 1 ? { cut: 300_000 } : undefined),
  });
  await using hub = await modelScopeStandIn({
    files,
    token: "ms-x",
    fault: (asked) =>
      isListing(asked)
        ? undefined
        : {
            status: 302,
            headers: {
              location: `${storage.url}/api/v1/models/birds/lark/repo?FilePath=model.safetensors`,
            },
          },
  });
  await using at = await modelScopeHome();
  await fetchAll(at.options(hub, token));
  expect(hub.asked.every(({ headers }) => headers.cookie === "m_session_id=ms-x")).toBe(true);
  expect(storage.asked.map(({ headers }) => [headers.authorization, headers.cookie])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(storage.asked[1]!.from).toBeGreaterThan(200_000);
});

test("a model and a revision that are not there are told", async () => {
  expect(await reason({ repo: "birds/wren" })).toBe(
    'HUB has no model "birds/lark" with a revision "master" that you may read (404). Check both; a private model needs MODELSCOPE_API_TOKEN. It says: the model is not there',
  );
  expect(await reason({}, {}, "birds/lark@nest")).toMatch(/with a revision "nest" .* \(404\)/);
  const gone = refusal(404, {});
  expect(await reason({ fault: (asked) => (isListing(asked) ? undefined : gone) })).toBe(
    "birds/lark at master lists model.safetensors, and HUB does not have it (404). Name another revision.",
  );
});

test.each([
  [refusal(401, {}), token, /does not take your token \(401\)\. Set MODELSCOPE_API_TOKEN/],
  [refusal(400, { Code: 10_010_103_009 }), token, /does not take your token \(400\)/],
  [refusal(418, { Message: "a teapot" }), {}, /answers 418 when asked .* It says: a teapot$/],
  [
    refusal(200, { Code: 403, Message: "no" }),
    {},
    /not let everybody read birds\/lark \(403\).*says: no$/,
  ],
  [
    refusal(200, { Code: 10_010_205_001, Message: "odd" }),
    {},
    /answers 200 when asked .* It says: odd$/,
  ],
  [
    { status: 200, body: "<html>" },
    {},
    /does not answer as ModelScope does .* Check MODELSCOPE_ENDPOINT/,
  ],
  [{ status: 200, body: '{"Code":200,"Data":{}}' }, {}, /does not answer as ModelScope does/],
  [refusal(429, {}), {}, /answers 429, too many requests/],
  [
    refusal(503, {}),
    {},
    /^The list of birds\/lark's files could not be downloaded: .* answers 503/,
  ],
])("a listing answered %j is explained", async (fault, env, message) => {
  expect(await reason({ fault: (asked) => (isListing(asked) ? fault : undefined) }, env)).toMatch(
    message,
  );
});

const checkpoints = [
  {
    name: "lark-v1",
    repo: "songs/lark",
    revision: "a1b2",
    modelscope: { repo: "birds/lark", revision: "v0.0.1" },
  },
  { name: "heron-v2", repo: "birds/heron", revision: "c3d4" },
];

test("a checkpoint's name stands for its repository on ModelScope, and one without is refused", async () => {
  await using hub = await modelScopeStandIn({ files, revisions: ["v0.0.1"] });
  await using at = await modelScopeHome();
  const source = hubSource({ ...at.options(hub), checkpoints });
  expect((await source.find("lark-v1", call())).names).toEqual(["birds/lark"]);
  expect(hub.asked).toHaveLength(1);
  await expect(source.find("heron-v2", call())).rejects.toThrow(
    /^"heron-v2" is published on Hugging Face, and where it is on ModelScope is not known\. Name its repository there as OWNER\/NAME/,
  );
  await expect(source.find("wren", call())).rejects.toThrow(
    /There is no folder "wren", .* one of ModelScope's as OWNER\/NAME/,
  );
});
