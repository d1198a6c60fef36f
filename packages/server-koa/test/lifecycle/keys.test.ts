import { expect, test, vi } from "vitest";
import { ApiKeys } from "../../src/index.ts";
import { echoServer } from "./echo-server.ts";

const models = [{ id: "tit", source: "" }];
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const users = [
  { name: "alice", key: "sk-alice" },
  { name: "bob", key: "sk-bob" },
];

/** Routes that need a key, of each kind. */
const closed: readonly [method: string, path: string, body: object | undefined][] = [
  ["GET", "/v1/models", undefined],
  ["GET", "/v1/models/tit", undefined],
  ["GET", "/v1/endpoints", undefined],
  ["POST", "/v1/echo", { text: "hello" }],
  ["POST", "/v1/models/tit/requests/mine/abort", undefined],
  ["GET", "/v1/requests/mine/progress", undefined],
  ["GET", "/v1/models/instances", undefined],
  ["POST", "/v1/models", {}],
  ["DELETE", "/v1/models/tit", undefined],
];

test.each(closed)(
  "%s %s is 401 without a key and with another, in OpenAI's words",
  async (method, path, body) => {
    await using server = await echoServer({ models, keys: new ApiKeys(users) });
    for (const headers of [
      {},
      bearer("sk-mallory"),
      { authorization: "sk-alice" },
      { authorization: "Basic c2stYWxpY2U=" },
    ]) {
      const reply = await server.ask(method, path, body, headers);
      expect(reply.status).toBe(401);
      expect(reply.headers.get("www-authenticate")).toBe("Bearer");
      expect(reply.headers.get("x-should-retry")).toBe("false");
      expect(reply.body.error).toMatchObject({
        type: "invalid_request_error",
        code: "invalid_api_key",
        param: null,
      });
      expect(JSON.stringify(reply.body)).not.toMatch(/sk-mallory|sk-alice/);
    }
    const { status } = await server.ask(method, path, body, bearer("sk-bob"));
    expect(status).not.toBe(401);
  },
);

test("health, readiness, the page, files and the question of Xinference's client need no key", async () => {
  await using server = await echoServer({ models, keys: new ApiKeys(users) });
  for (const path of ["/health", "/ready"])
    expect((await server.ask("GET", path)).status).toBe(200);
  expect((await fetch(server.url)).status).toBe(200);
  expect((await server.ask("GET", "/v1/files/none.png")).status).toBe(404);
  expect((await server.ask("GET", "/v1/cluster/auth")).body).toEqual({ auth: true });
  await using open = await echoServer({ models });
  expect((await open.ask("GET", "/v1/cluster/auth")).body).toEqual({ auth: false });
});

test("a page that may ask is told so before it has sent its key", async () => {
  const origin = "https://app.example.org";
  await using server = await echoServer({ models, keys: new ApiKeys(users), origins: [origin] });
  const asking = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization",
  };
  const reply = await fetch(`${server.url}/v1/echo`, { method: "OPTIONS", headers: asking });
  expect(reply.status).toBe(204);
  expect(reply.headers.get("access-control-allow-headers")).toBe("authorization");
});

test("a key's name is the caller that the log has, and the key is in no line", async () => {
  const info = vi.fn();
  const logger = { debug() {}, info, warn: info, error: info };
  await using server = await echoServer({ models, keys: new ApiKeys(users), logger });
  await server.ask("GET", "/v1/models", undefined, bearer("sk-alice"));
  await server.ask("GET", "/v1/models", undefined, bearer("sk-wrong"));
  await vi.waitUntil(() => info.mock.calls.length === 2);
  const lines = info.mock.calls.map(([facts]) => facts);
  expect(lines).toMatchObject([{ status: 200, caller: "alice" }, { status: 401 }]);
  expect(lines[1]).not.toHaveProperty("caller");
  expect(JSON.stringify(lines)).not.toMatch(/sk-/);
});

test("with an administrator's key, it alone launches and unloads, from anywhere", async () => {
  const admin = { name: "root", key: "sk-root", isAdmin: true };
  await using server = await echoServer({ models, keys: new ApiKeys([...users, admin]) });
  const refused = await server.ask("DELETE", "/v1/models/tit", undefined, bearer("sk-alice"));
  expect(refused.status).toBe(403);
  expect(refused.body.error.message).toMatch(/administrator's key, which this one is not/);
  const far = { ...bearer("sk-root"), "x-forwarded-for": "1.2.3.4" };
  const page = { ...far, origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect((await server.ask("DELETE", "/v1/models/tit", undefined, page)).status).toBe(403);
  expect((await server.ask("DELETE", "/v1/models/tit", undefined, far)).status).toBe(200);
});

test("without one, launching stays with this machine, and needs a key", async () => {
  await using server = await echoServer({ models, keys: new ApiKeys(users) });
  const far = { ...bearer("sk-alice"), "x-forwarded-for": "1.2.3.4" };
  expect((await server.ask("DELETE", "/v1/models/tit", undefined, far)).status).toBe(403);
  expect((await server.ask("DELETE", "/v1/models/tit")).status).toBe(401);
  expect((await server.ask("DELETE", "/v1/models/tit", undefined, bearer("sk-alice"))).status).toBe(
    200,
  );
});

test("keys can be replaced while the server runs", async () => {
  const keys = new ApiKeys(users);
  await using server = await echoServer({ models, keys });
  const status = async (key: string) =>
    (await server.ask("GET", "/v1/models", undefined, bearer(key))).status;
  keys.replace([{ name: "carol", key: "sk-carol" }]);
  expect(await Promise.all(["sk-alice", "sk-carol"].map(status))).toEqual([401, 200]);
  expect(() => keys.replace([{ name: "dave", key: "with space" }])).toThrow(
    /^The key "dave" must be 1 to 512 visible/,
  );
  expect(await status("sk-carol")).toBe(200);
});

test.each([
  [[{ name: "", key: "k" }], /name of a key must be/],
  [[{ name: "a b", key: "k" }], /not "a b"/],
  [[{ name: "a", key: "" }], /The key "a" must be/],
  [[{ name: "a", key: "é" }], /visible characters of ASCII/],
  [
    [
      { name: "a", key: "k" },
      { name: "a", key: "l" },
    ],
    /Two keys are called "a"/,
  ],
  [
    [
      { name: "a", key: "k" },
      { name: "b", key: "k" },
    ],
    /"a" and "b" have the same key/,
  ],
])("%j are no keys", (keys, message) => {
  expect(() => new ApiKeys(keys)).toThrow(message);
});

test("what is no ApiKeys is refused by name", async () => {
  await expect(echoServer({ keys: ["sk"] as never })).rejects.toThrow(/needs new ApiKeys/);
});
