import { request } from "node:http";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { kindred, start } from "../../../test/started.ts";
import { limitsOf } from "../src/server-options.ts";
import { configurationOf } from "./configuration-of.ts";
import { command } from "./command.ts";

const flags = ["serve", "--port", "0", "--model", "demo-embedding"];
const body = JSON.stringify({ model: "demo-embedding", input: "a red fox" });

async function ask(url: string, headers: Record<string, string>): Promise<number> {
  const sending = request(`${url}/v1/embeddings`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json", ...headers },
  });
  sending.end(headers["content-encoding"] ? gzipSync(body) : body);
  const [reply] = await once(sending, "response");
  reply.resume();
  return reply.statusCode;
}

const page = { origin: "https://app.example.org", "sec-fetch-site": "cross-site" };
const form = { ...page, "content-type": "multipart/form-data; boundary=x" };
const rebound = { host: "evil.example", origin: "http://evil.example" };

test("by default no page of another site is served, and no name that leads here", async () => {
  await using server = await start(kindred, flags);
  expect(await ask(server.url, {})).toBe(200);
  for (const headers of [page, form, { ...page, "content-type": "text/plain" }]) {
    expect(await ask(server.url, headers)).toBe(403);
  }
  expect(await ask(server.url, rebound)).toBe(421);
});

test("--cors-origin and --allowed-host allow them, and --no-compressed-bodies refuses an encoding", async () => {
  const allowing = [
    "--cors-origin",
    page.origin,
    "--allowed-host",
    "gpu-box",
    "--no-compressed-bodies",
  ];
  await using server = await start(kindred, [...flags, ...allowing]);
  expect(await ask(server.url, page)).toBe(200);
  expect(await ask(server.url, { host: "gpu-box:9997" })).toBe(200);
  expect(await ask(server.url, rebound)).toBe(421);
  expect(await ask(server.url, { "content-encoding": "gzip" })).toBe(415);
});

test("--body-memory is the bound of all bodies", async () => {
  const { values } = await configurationOf({ args: ["--body-memory", "64MiB"] });
  expect(limitsOf(values)).toMatchObject({ all: 64 << 20 });
});

test.each([
  ["--cors-origin", "app.example.org", "an origin such as https://app.example.org"],
  ["--allowed-host", "gpu-box:80", "a name such as gpu-box, without a port"],
  ["--body-memory", "much", "a size such as 8GB or 512MiB"],
])("%s may not be %s", async (option, value, wanted) => {
  const { status, stderr } = await command(["serve", option, value]);
  expect(status).toBe(2);
  expect(stderr).toContain(`${option} must be ${wanted}`);
  expect(stderr).toContain(`not "${value}"`);
});
