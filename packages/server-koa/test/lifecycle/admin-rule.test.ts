import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { echoServer } from "./echo-server.ts";

const changing: readonly (readonly [string, string])[] = [
  ["POST", "/v1/models"],
  ["PATCH", "/v1/models/tit"],
  ["DELETE", "/v1/models/tit"],
  ["POST", "/v1/models/tit/cancel"],
  ["POST", "/v1/models/tit/replicas"],
  ["DELETE", "/v1/models/tit/replicas/0"],
  ["POST", "/v1/model_registrations/echo"],
  ["DELETE", "/v1/model_registrations/echo/tit"],
];
const models = [{ id: "tit", source: "" }];

/** Asks with headers that `fetch` does not let its callers set. */
async function status(url: string, method: string, headers: Record<string, string>) {
  const sending = request(url, { method, agent: false, headers });
  sending.end();
  const [response] = await once(sending, "response");
  response.resume();
  return response.statusCode;
}

test.each(changing)(
  "%s %s is refused through a proxy, and from pages of other sites",
  async (method, path) => {
    await using server = await echoServer({ models, origins: ["*"] });
    const url = `${server.url}${path}`;
    for (const header of ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
      expect(await status(url, method, { [header]: "1.2.3.4" })).toBe(403);
    const page = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    expect(await status(url, method, page)).toBe(403);
    const asking = { ...page, "access-control-request-method": method };
    const preflight = request(url, { method: "OPTIONS", agent: false, headers: asking });
    preflight.end();
    const [answer] = await once(preflight, "response");
    answer.resume();
    const granted: string = answer.headers["access-control-allow-methods"] ?? "";
    expect(granted.split(",")).not.toContain(method);
    expect(server.kernel.models()).toMatchObject([{ id: "tit", replicas: 1 }]);
  },
);

test("an application says who may", async () => {
  const allow = (ctx: { get(name: string): string }) => ctx.get("authorization") === "Bearer admin";
  await using server = await echoServer({ models, lifecycle: { allow } as never });
  expect((await server.ask("DELETE", "/v1/models/tit")).status).toBe(403);
  const admin = { authorization: "Bearer admin", "x-forwarded-for": "1.2.3.4" };
  expect((await server.ask("DELETE", "/v1/models/tit", undefined, admin)).status).toBe(200);
});

test("without a lifecycle, there are none of its routes", async () => {
  await using server = await echoServer({ models, lifecycleIsOff: true });
  expect((await server.ask("GET", "/v1/cluster/auth")).status).toBe(404);
  expect((await server.ask("POST", "/v1/models", {})).status).toBe(405);
  expect((await server.ask("DELETE", "/v1/models/tit")).headers.get("allow")).toBe("GET, HEAD");
});

test("a path that takes several methods names them all", async () => {
  await using server = await echoServer({ models });
  const reply = await server.ask("PUT", "/v1/models/tit");
  expect(reply.status).toBe(405);
  expect(reply.headers.get("allow")?.split(", ").toSorted()).toEqual([
    "DELETE",
    "GET",
    "HEAD",
    "PATCH",
  ]);
  expect((await server.ask("GET", "/v1/cluster/auth")).body).toEqual({ auth: false });
});

test.each([
  "x-forwarded-host",
  "x-forwarded-proto",
  "cf-connecting-ip",
  "true-client-ip",
  "x-client-ip",
])("a proxy that writes %s alone, be it empty, launches nothing either", async (header) => {
  await using server = await echoServer({ models });
  for (const value of ["a", ""])
    expect(await status(`${server.url}/v1/models/tit`, "DELETE", { [header]: value })).toBe(403);
  expect(server.kernel.models()).toMatchObject([{ id: "tit" }]);
});

test.each([{ hosts: ["*"] }, { trustProxy: true }])(
  "a page whose own name leads to this machine launches nothing, by %j",
  async (access) => {
    await using server = await echoServer({ models, ...access });
    const page = { host: "evil.example", origin: "http://evil.example" };
    const url = `${server.url}/v1/models`;
    expect(await status(url, "GET", page)).toBe(200);
    expect(await status(`${url}/tit`, "DELETE", page)).toBe(421);
    expect(await status(`${url}/tit`, "DELETE", {})).toBe(200);
  },
);

test("a name that the server is called by launches", async () => {
  await using server = await echoServer({ models, hosts: ["models.example", "*"] });
  const called = { host: "models.example" };
  expect(await status(`${server.url}/v1/models/tit`, "DELETE", called)).toBe(200);
});
