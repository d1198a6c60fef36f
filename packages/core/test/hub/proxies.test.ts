import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request as ask } from "node:http";
import { createServer } from "node:https";
import { createServer as listen } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { proxyRule } from "../../src/hub/proxy-rule.ts";
import { fetchAll, home } from "./fetched.ts";
import { proxyStandIn } from "./proxy.ts";
import { bytes, commit, standIn } from "./stand-in.ts";
import type { StandIn } from "./stand-in.ts";

const weights = bytes(300_000);
const files = { "config.json": '{"kind": "lark"}', "model.safetensors": weights };
const tls = (name: string): string => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url));

/** A stand-in by https:, whose certificate is for hub.test. */
async function encrypted(hub: StandIn) {
  const [key, cert] = await Promise.all(["key", "certificate"].map((name) => readFile(tls(name))));
  const server = createServer({ key, cert }, ({ url, method, headers }, response) => {
    const passed = ask(`${hub.url}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    passed.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Why a fetch fails. */
async function reason(env: NodeJS.ProcessEnv): Promise<string> {
  const error = await fetchAll({ env, attempts: 2 }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "LOAD_FAILED" });
  return (error as Error).message;
}

test.each(["HTTP_PROXY", "http_proxy"])(
  "%s with a user and a password lets the files through, and a break goes on from where it was",
  async (name) => {
    await using hub = await standIn({
      files,
      fault: ({ path }, count) =>
        path.endsWith("model.safetensors") && count === 1 ? { cut: 100_000 } : undefined,
    });
    await using proxy = await proxyStandIn({ credentials: "a user:p@ss:word" });
    await using at = await home();
    const address = `http://a%20user:p%40ss%3Aword@127.0.0.1:${proxy.port}`;
    const folder = await fetchAll({ env: at.env(hub, { [name]: address }) });
    expect((await readFile(join(folder, "model.safetensors"))).equals(weights)).toBe(true);
    expect(proxy.asked).toHaveLength(hub.asked.length);
    expect(proxy.asked[0]).toBe(`GET ${hub.url}/api/models/birds/lark/revision/main`);
    expect(hub.fetched.at(-1)!.from).toBeGreaterThan(0);
    // The user is the proxy's, not the server's.
    expect(hub.asked.every(({ headers }) => !headers["proxy-authorization"])).toBe(true);
  },
);

test("HTTPS_PROXY makes tunnels to names that only the proxy knows, and the process ends by itself", async () => {
  await using hub = await standIn({ files });
  await using server = await encrypted(hub);
  await using proxy = await proxyStandIn({
    credentials: "user:secret",
    hosts: { "hub.test:443": server.port },
  });
  await using at = await home();
  const script = fileURLToPath(new URL("fetch-all.mjs", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, "birds/lark"], {
    env: {
      ...process.env,
      ...at.env(),
      HF_ENDPOINT: "https://hub.test",
      HTTPS_PROXY: `http://user:secret@127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: tls("certificate"),
    },
  });
  expect(stdout).toMatch(new RegExp(`${commit}$`));
  expect((await readFile(join(stdout, "model.safetensors"))).equals(weights)).toBe(true);
  expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT hub.test:443"]));
});

test("a host of NO_PROXY is asked directly", async () => {
  await using hub = await standIn({ files });
  await using proxy = await proxyStandIn();
  await using at = await home();
  const more = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "example.org,127.0.0.1" };
  await fetchAll({ env: at.env(hub, more) });
  expect(proxy.asked).toEqual([]);
});

test("a redirect to a host of NO_PROXY leaves the proxy", async () => {
  await using there = await standIn({ files });
  await using hub = await standIn({
    files,
    fault: ({ path }) => {
      const location = `${there.url.replace("127.0.0.1", "localhost")}${path}`;
      return path.includes("/resolve/") ? { status: 302, headers: { location } } : undefined;
    },
  });
  await using proxy = await proxyStandIn();
  await using at = await home();
  const more = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "localhost" };
  await fetchAll({ env: at.env(hub, more) });
  expect(there.fetched).toHaveLength(2);
  expect(proxy.asked.join()).not.toContain("localhost");
});

test("a proxy that refuses, that fails or that is down is named without its password", async () => {
  await using hub = await standIn({ files });
  await using strict = await proxyStandIn({ credentials: "user:other" });
  await using closed = await proxyStandIn({ status: 403 });
  await using broken = await proxyStandIn({ status: 502 });
  await using at = await home();
  const through = async (port: number, user: string, endpoint = hub.url) => {
    const name = endpoint.startsWith("https") ? "HTTPS_PROXY" : "HTTP_PROXY";
    const env = at.env({ url: endpoint }, { [name]: `http://${user}127.0.0.1:${port}` });
    const message = await reason(env);
    expect(message).not.toContain("secret");
    return message;
  };
  for (const [endpoint, name] of [
    [hub.url, "HTTP_PROXY"],
    ["https://hub.test", "HTTPS_PROXY"],
  ] as const) {
    const url = (port: number) => `http://127.0.0.1:${port}`;
    expect(await through(strict.port, "user:secret@", endpoint)).toBe(
      `The proxy ${url(strict.port)} does not take the user and the password of ${name} (407). Correct them there, as in http://USER:PASSWORD@127.0.0.1:${strict.port}.`,
    );
    expect(await through(strict.port, "", endpoint)).toBe(
      `The proxy ${url(strict.port)} asks for a user and a password (407). Put them into ${name}, as in http://USER:PASSWORD@127.0.0.1:${strict.port}.`,
    );
    expect(await through(9, "user:secret@", endpoint)).toMatch(
      new RegExp(
        `ECONNREFUSED.*, through the proxy http://127\\.0\\.0\\.1:9 of ${name}\\. 2 attempts in a row`,
      ),
    );
  }
  expect(await through(closed.port, "user:secret@", "https://hub.test")).toBe(
    `The proxy http://127.0.0.1:${closed.port} does not let you through (403). Ask who runs it, or name another in HTTPS_PROXY.`,
  );
  expect(await through(broken.port, "user:secret@", "https://hub.test")).toMatch(
    new RegExp(`: the proxy http://127\\.0\\.0\\.1:${broken.port} of HTTPS_PROXY answers 502\\.`),
  );
});

test("a proxy that says nothing is left after the time of silence", async () => {
  await using at = await home();
  await using hub = await standIn({ files });
  const mute = listen(() => {}).listen(0, "127.0.0.1");
  await once(mute, "listening");
  const { port } = mute.address() as AddressInfo;
  const message = await reason(
    at.env(hub, { HTTP_PROXY: `http://127.0.0.1:${port}`, HF_HUB_DOWNLOAD_TIMEOUT: "0.2" }),
  );
  expect(message).toMatch(/the server was silent for 0\.2 seconds/);
  mute.close();
});

const rule = (env: NodeJS.ProcessEnv, url: string) => proxyRule(env)?.(new URL(url))?.url;
const both = { HTTPS_PROXY: "http://secure:1", HTTP_PROXY: "plain:2" };

test.each([
  [{}, "https://hub.test", undefined],
  [{ HTTPS_PROXY: "" }, "https://hub.test", undefined],
  [both, "https://hub.test", "http://secure:1"],
  [both, "http://hub.test", "http://plain:2"],
  [{ HTTP_PROXY: "http://plain:2" }, "https://hub.test", undefined],
  [{ ...both, https_proxy: "https://lower:3/" }, "https://hub.test", "https://lower:3"],
  [{ ...both, NO_PROXY: "*" }, "https://hub.test", undefined],
  [{ ...both, NO_PROXY: "HUB.test" }, "https://hub.test", undefined],
  [{ ...both, NO_PROXY: "test" }, "https://hub.test", undefined],
  [{ ...both, NO_PROXY: ".hub.test, x" }, "https://cdn.hub.test", undefined],
  [{ ...both, NO_PROXY: "*.hub.test" }, "https://cdn.hub.test", undefined],
  [{ ...both, NO_PROXY: "ub.test" }, "https://hub.test", "http://secure:1"],
  [{ ...both, NO_PROXY: "hub.test:443" }, "https://hub.test", undefined],
  [{ ...both, NO_PROXY: "hub.test:8443" }, "https://hub.test", "http://secure:1"],
  [{ ...both, NO_PROXY: "hub.test", no_proxy: "other" }, "https://hub.test", "http://secure:1"],
  [{ ...both, NO_PROXY: "[::1]:80" }, "http://[::1]", undefined],
])("of %j, %s is asked through %s", (env, url, proxy) => {
  expect(rule(env, url)).toBe(proxy);
});

test.each(["socks5://user:secret@proxy:1080", "http://user:secret@", "http://user:secret@a b"])(
  "the proxy %s is refused without telling its password",
  (address) => {
    expect(() => proxyRule({ HTTPS_PROXY: address })).toThrow(
      /^HTTPS_PROXY must be an address such as http:\/\/proxy\.example\.org:3128\. (?!.*secret)/,
    );
  },
);
