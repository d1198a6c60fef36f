import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import Koa from "koa";
import cors from "@koa/cors";
import mount from "koa-mount";
import { expect, test } from "vitest";
import { createApp } from "../src/app.ts";
import { openai } from "../src/openai.ts";
import type { OpenAIOptions } from "../src/openai.ts";
import { serve } from "../src/serve.ts";
import { listen, standIn } from "./stand-in.ts";

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
}

/** Asks with headers that `fetch` does not let its callers set. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  method = "POST",
): Promise<Reply> {
  const json = method === "POST" ? { "content-type": "application/json" } : {};
  const sending = request(url, { method, agent: false, headers: { ...json, ...headers } });
  sending.end(method === "POST" ? '{"text":"a"}' : undefined);
  const [response] = await once(sending, "response");
  const body = (await response.toArray()).join("");
  const message = body.startsWith("{") ? (JSON.parse(body).error?.message ?? "") : "";
  return { status: response.statusCode, headers: response.headers, message };
}

const evil = "http://evil.example";
const strangers: readonly (readonly [string, Record<string, string>])[] = [
  ["of another site", { origin: evil, "sec-fetch-site": "cross-site" }],
  [
    "of another port of this machine",
    { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
  ],
  ["of another site in a browser that names no site", { origin: evil }],
  ["of no origin", { origin: "null", "sec-fetch-site": "cross-site" }],
  ["of a site that is not named", { "sec-fetch-site": "cross-site" }],
];
const servers: readonly (readonly [string, (options?: OpenAIOptions) => Koa, string])[] = [
  ["a server of its own", (options) => createApp(standIn(), options), ""],
  ["a middleware", (options) => new Koa().use(openai(standIn(), options)), ""],
  [
    "a mounted middleware",
    (options) => new Koa().use(mount("/ai", openai(standIn(), options))),
    "/ai",
  ],
];

test.each(servers)("%s refuses what pages of others ask it to do", async (_, make, path) => {
  await using server = await listen(make());
  for (const [who, headers] of strangers) {
    for (const route of ["/v1/echo", "/v1/models/parrot/requests/x/abort"]) {
      const reply = await ask(`${server.url}${path}${route}`, headers);
      expect([who, reply.status]).toEqual([who, 403]);
      expect(reply.message).toMatch(/may not use this server\. Allow .*--cors-origin ORIGIN/);
      expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
    }
    const bodiless = `${server.url}${path}/v1/models/parrot/requests/x/abort`;
    expect((await ask(bodiless, headers, "OPTIONS")).status).toBe(403);
  }
  const named = await ask(`${server.url}${path}/v1/echo`, { origin: evil });
  expect(named.message).toContain("Pages of http://evil.example may not");
});

test.each(servers)("%s answers its own pages and all programs", async (_, make, path) => {
  await using server = await listen(make());
  const { host } = new URL(server.url);
  for (const headers of [
    {},
    { origin: server.url },
    { origin: server.url, "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "none" },
    { host: "localhost:8888", origin: "http://localhost:8888" },
    { host: `localhost:${server.port}`, origin: `http://localhost:${server.port}` },
    { host, "sec-fetch-mode": "cors" },
  ]) {
    const reply = await ask(`${server.url}${path}/v1/echo`, headers);
    expect([headers, reply.status]).toEqual([headers, 200]);
  }
  const links = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" };
  expect((await ask(`${server.url}${path}/v1/models`, links, "GET")).status).toBe(200);
});

const rebound = [
  "evil.example",
  "evil.example:9997",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "x",
];

test.each(servers)(
  "%s is not asked under a name that a page has led to it",
  async (_, make, path) => {
    await using server = await listen(make());
    for (const host of rebound) {
      for (const [method, route] of [
        ["POST", "/v1/echo"],
        ["GET", "/v1/models"],
      ] as const) {
        const headers = { host, origin: `http://${host}`, "sec-fetch-site": "same-origin" };
        const reply = await ask(`${server.url}${path}${route}`, headers, method);
        expect([host, reply.status]).toEqual([host, 421]);
        expect(reply.message).toContain(`"${host}" is not a name of this server`);
        expect(reply.message).toContain("--allowed-host");
      }
    }
  },
);

test("the page, /health, /ready and paths that are not served are not for other names either", async () => {
  await using server = await listen(createApp(standIn()));
  for (const path of ["/", "/playground/main.js", "/health", "/ready", "/nothing"]) {
    const reply = await ask(server.url + path, { host: "evil.example" }, "GET");
    expect([path, reply.status]).toEqual([path, 421]);
  }
});

test.each([
  "localhost",
  "LOCALHOST:1",
  "localhost.",
  "app.localhost",
  "127.0.0.1",
  "127.9.9.9:80",
  "[::1]:9997",
  "192.168.1.5:9997",
  "host.docker.internal:9997",
  hostname(),
])("over loopback it is asked as %s", async (host) => {
  await using server = await listen(createApp(standIn()));
  expect((await ask(`${server.url}/v1/echo`, { host })).status).toBe(200);
});

test("a request without a host is answered", async () => {
  await using server = await listen(createApp(standIn()));
  const socket = connect(server.port, "127.0.0.1");
  socket.write("GET /v1/models HTTP/1.0\r\n\r\n");
  expect((await socket.toArray()).join("")).toMatch(/^HTTP\/1\.1 200 /);
});

test("names are allowed by `hosts`, a public URL, or any", async () => {
  for (const options of [
    { hosts: ["Models.example"] },
    { hosts: ["*"] },
    { files: { store: undefined as never, publicUrl: "https://models.example/ai" } },
  ]) {
    await using server = await listen(createApp(standIn(), options));
    const own = { host: "models.example:8080" };
    expect((await ask(`${server.url}/v1/echo`, own)).status).toBe(200);
    const page = { ...own, origin: "http://models.example:8080" };
    expect((await ask(`${server.url}/v1/echo`, page)).status).toBe(200);
  }
});

test("the page works behind a proxy by its public URL, or by what a trusted proxy forwards", async () => {
  const origin = "https://models.example";
  const files = { store: undefined as never, publicUrl: `${origin}/ai` };
  await using known = await listen(createApp(standIn(), { files }));
  expect((await ask(`${known.url}/v1/echo`, { origin })).status).toBe(200);
  await using trusting = await listen(createApp(standIn(), { trustProxy: true }));
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "models.example" };
  expect((await ask(`${trusting.url}/v1/echo`, { ...forwarded, origin })).status).toBe(200);
  const foreign = await ask(`${trusting.url}/v1/echo`, { ...forwarded, origin: evil });
  expect(foreign.status).toBe(403);
  const strict = { trustProxy: true, hosts: ["models.example"] };
  await using checking = await listen(createApp(standIn(), strict));
  expect((await ask(`${checking.url}/v1/echo`, forwarded)).status).toBe(200);
  const other = { "x-forwarded-host": "evil.example" };
  expect((await ask(`${checking.url}/v1/echo`, other)).status).toBe(421);
  await using plain = await listen(createApp(standIn()));
  const pretended = { host: "evil.example", "x-forwarded-host": "localhost" };
  expect((await ask(`${plain.url}/v1/echo`, pretended)).status).toBe(421);
});

const app = "https://app.example.org";

test.each([
  ["named", [app], app],
  ["named with a slash", [`${app}/`, "http://other.example"], app],
  ["any", ["*"], "*"],
])("an origin that is allowed, %s, may ask and read", async (_, origins, allowed) => {
  await using server = await listen(createApp(standIn(), { origins }));
  const page = { origin: app, "sec-fetch-site": "cross-site" };
  const preflight = await ask(
    `${server.url}/v1/echo`,
    {
      ...page,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-stainless-lang",
    },
    "OPTIONS",
  );
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    "access-control-allow-origin": allowed,
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type,x-stainless-lang",
    vary: "Origin",
  });
  const good = await ask(`${server.url}/v1/echo`, page);
  expect(good.status).toBe(200);
  const bad = await ask(`${server.url}/v1/echo`, { ...page, "content-type": "text/plain" });
  expect(bad.status).toBe(415);
  for (const { headers } of [good, bad, await ask(`${server.url}/v1/models`, page, "GET")]) {
    expect(headers).toMatchObject({
      "access-control-allow-origin": allowed,
      vary: "Origin",
      "cross-origin-resource-policy": "cross-origin",
    });
    expect(headers["access-control-expose-headers"]).toContain("x-request-id");
    expect(headers["access-control-allow-credentials"]).toBeUndefined();
  }
});

test("an origin beside the allowed ones may not", async () => {
  await using server = await listen(createApp(standIn(), { origins: [app] }));
  const page = { origin: `${app}.evil.example`, "sec-fetch-site": "cross-site" };
  const reply = await ask(`${server.url}/v1/echo`, page);
  expect([reply.status, reply.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
});

test("an origin that the application's own middleware allows may ask", async () => {
  const mine = new Koa().use(cors({ origin: app })).use(openai(standIn()));
  await using server = await listen(mine);
  const page = { origin: app, "sec-fetch-site": "cross-site" };
  expect((await ask(`${server.url}/v1/echo`, page)).status).toBe(200);
  const other = { origin: evil, "sec-fetch-site": "cross-site" };
  expect((await ask(`${server.url}/v1/echo`, other)).status).toBe(403);
});

const network = Object.values(networkInterfaces())
  .flat()
  .find((each) => each?.family === "IPv4" && !each.internal)?.address;

if (network === undefined) {
  console.log(
    "The tests of access over a network are skipped: this machine has no address in one.",
  );
}

test.skipIf(network === undefined)(
  "over a network programs may use any name, and pages no public one",
  async () => {
    const serving = await serve(standIn(), { port: 0, host: "0.0.0.0" });
    const url = `http://${network}:${new URL(serving.url).port}/v1/echo`;
    const status = async (headers: Record<string, string>) => (await ask(url, headers)).status;
    expect(await status({})).toBe(200);
    expect(await status({ host: "gpu-box:9997" })).toBe(200);
    expect(await status({ host: "models.example" })).toBe(200);
    for (const host of ["gpu-box:9997", "gpu.local:9997", `${network}:9997`]) {
      expect(await status({ host, origin: `http://${host}` })).toBe(200);
    }
    const proxied = { host: "models.example", origin: "https://models.example" };
    expect(await status({ ...proxied, "sec-fetch-site": "same-origin" })).toBe(200);
    expect(await status({ host: "evil.example", origin: evil })).toBe(421);
    expect(await status({ origin: evil, "sec-fetch-site": "cross-site" })).toBe(403);
    await serving.close();
  },
);

test.skipIf(network === undefined)(
  "a middleware over a network leaves pages to the application, unless it is told",
  async () => {
    const bound = async (options: OpenAIOptions, headers: Record<string, string>) => {
      const server = new Koa().use(openai(standIn(), options)).listen(0, "0.0.0.0");
      await once(server, "listening");
      const { port } = server.address() as { port: number };
      const { status } = await ask(`http://${network}:${port}/v1/echo`, headers);
      server.closeAllConnections();
      server.close();
      return status;
    };
    const page = { origin: evil, "sec-fetch-site": "cross-site" };
    expect(await bound({}, page)).toBe(200);
    expect(await bound({ origins: [] }, page)).toBe(403);
    expect(await bound({}, { host: "evil.example", origin: evil })).toBe(200);
    expect(await bound({ hosts: ["models.example"] }, { host: "evil.example" })).toBe(421);
    expect(await bound({ hosts: ["models.example"] }, { host: "models.example" })).toBe(200);
  },
);

test.each([
  ["origins", "app.example.org"],
  ["origins", "https://app.example.org/path"],
  ["origins", 7],
  ["hosts", "models.example:80"],
  ["hosts", "https://models.example"],
])("%s may not be %j", (option, value) => {
  expect(() => openai(standIn(), { [option]: [value] })).toThrow(TypeError);
  expect(() => openai(standIn(), { [option]: [value] })).toThrow(`${option} must be`);
  expect(() => openai(standIn(), { [option]: value })).toThrow(`${option} must be a list`);
});

test("replies are what they say, and no page of others shows them", async () => {
  await using server = await listen(createApp(standIn()));
  for (const path of ["/v1/models", "/v1/echo", "/health", "/ready", "/", "/nothing"]) {
    const { headers } = await ask(server.url + path, {}, "GET");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
    });
  }
  await using mounted = await listen(new Koa().use(openai(standIn())));
  const { headers } = await ask(`${mounted.url}/v1/models`, {}, "GET");
  expect(headers).toMatchObject({ "x-content-type-options": "nosniff" });
});
