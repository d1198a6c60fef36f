import { expect, test } from "vitest";
import { hubSource } from "../../src/hub/index.ts";
import { call } from "../fixtures.ts";
import { fetchAll, home } from "./fetched.ts";
import { bytes, commit, standIn } from "./stand-in.ts";
import type { Asked, Fault } from "./stand-in.ts";

const files = { "model.safetensors": bytes(1000) };
const ofApi = ({ path }: Asked) => path.startsWith("/api/");
const ofFile = (asked: Asked) => !ofApi(asked);

/** The reason why a stand-in that answers some requests so gives no model. */
async function reason(
  is: (asked: Asked) => boolean,
  fault: Fault,
  more: NodeJS.ProcessEnv = {},
  source = "birds/lark",
): Promise<{ message: string; retryAfter?: number; url: string; asked: number }> {
  await using hub = await standIn({ files, fault: (asked) => (is(asked) ? fault : undefined) });
  await using at = await home();
  const error = await fetchAll({ env: at.env(hub, more), attempts: 2 }, source).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: "LOAD_FAILED" });
  return Object.assign(error as Error, { url: hub.url, asked: hub.asked.length });
}

const token = { HF_TOKEN: "hf_x" };
const gated = { "x-error-code": "GatedRepo" };

test("a gated model names the page of its licence, and what a token lacks", async () => {
  for (const status of [401, 403]) {
    const { message, url } = await reason(ofFile, { status, headers: gated });
    expect(message).toContain(
      `birds/lark is gated (${status}). Accept its licence on ${url}/birds/lark, then set HF_TOKEN`,
    );
  }
  const { message, asked } = await reason(ofFile, { status: 403, headers: gated }, token);
  expect(message).toMatch(
    /the account of your token may not read it \(403\)\. Accept its licence on http/,
  );
  // Two of the listing, one of the file: nothing is tried twice in vain.
  expect(asked).toBe(3);
});

test.each([
  [{ status: 401 }, {}, /has no model "birds\/lark" that you may read \(401\)\. .* needs HF_TOKEN/],
  [{ status: 403 }, {}, /does not let you read birds\/lark \(403\)\. Look at http/],
  [{ status: 401 }, token, /does not take your token \(401\)/],
  [{ status: 404 }, {}, /has no model "birds\/lark" that you may read \(404\)/],
  [
    { status: 404, headers: { "x-error-code": "RepoNotFound" } },
    token,
    /and that your token may read it/,
  ],
  [
    { status: 418, headers: { "x-error-message": "a teapot" } },
    {},
    /answers 418 .* It says: a teapot$/,
  ],
])("a listing answered %j is explained", async (fault, env, message) => {
  expect((await reason(ofApi, fault, env)).message).toMatch(message);
});

test("a revision that is not there, and a file that is listed and not there, are told", async () => {
  expect((await reason(() => false, {}, {}, "birds/lark@nest")).message).toMatch(
    /birds\/lark has no revision "nest"/,
  );
  expect((await reason(ofFile, { status: 404 })).message).toMatch(
    /lists model\.safetensors, and .* does not have it \(404\)/,
  );
});

test("429 is waited for when the time is short, and otherwise told", async () => {
  await using hub = await standIn({
    files,
    fault: (asked, nth) =>
      ofFile(asked) && nth === 1 ? { status: 429, headers: { "retry-after": "1" } } : undefined,
  });
  await using at = await home();
  const before = performance.now();
  await fetchAll({ env: at.env(hub) });
  expect(performance.now() - before).toBeGreaterThan(950);
  const later = new Date(Date.now() + 300_000).toUTCString();
  for (const wait of ["300", later]) {
    const { message, retryAfter, asked } = await reason(ofFile, {
      status: 429,
      headers: { "retry-after": wait },
    });
    expect(message).toMatch(
      /answers 429, too many requests\. Launch it again in (300|299) seconds/,
    );
    expect(retryAfter).toBeGreaterThan(295);
    expect(asked).toBe(3);
  }
});

test("a server that fails is asked again", async () => {
  await using hub = await standIn({
    files,
    fault: (_, nth) => (nth === 1 ? { status: 503 } : undefined),
  });
  await using at = await home();
  await fetchAll({ env: at.env(hub) });
  expect(hub.asked).toHaveLength(6);
});

test("a redirect is followed, and the token stays with the endpoint", async () => {
  await using storage = await standIn({ files });
  await using hub = await standIn({
    files,
    fault: ({ path }) =>
      path.includes("/resolve/")
        ? { status: 302, headers: { location: `${storage.url}${path}?signature=1` } }
        : undefined,
  });
  await using at = await home();
  // Other ports are other origins.
  await fetchAll({ env: at.env(hub, token) });
  expect(hub.asked.every(({ headers }) => headers.authorization === "Bearer hf_x")).toBe(true);
  expect(storage.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test("a redirect keeps the range of what is left", async () => {
  const large = { "model.safetensors": bytes(500_000) };
  await using storage = await standIn({
    files: large,
    fault: (_, nth) => (nth === 1 ? { cut: 300_000 } : undefined),
  });
  await using hub = await standIn({
    files: large,
    fault: ({ path }) =>
      path.includes("/resolve/")
        ? { status: 302, headers: { location: `${storage.url}${path}` } }
        : undefined,
  });
  await using at = await home();
  await fetchAll({ env: at.env(hub) });
  expect(storage.fetched).toHaveLength(2);
  expect(storage.fetched[1]!.from).toBeGreaterThan(200_000);
});

test("without a token none is sent, and no body is compressed", async () => {
  await using hub = await standIn({ files });
  await using at = await home();
  await fetchAll({ env: at.env(hub) });
  expect(hub.asked.map(({ headers }) => headers.authorization)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(hub.asked.map(({ headers }) => headers["accept-encoding"])).toEqual(
    Array(3).fill("identity"),
  );
});

test("an endpoint that is none, and a page that leads to another host, are told", async () => {
  const page = { status: 200, headers: { "content-type": "text/html" } };
  expect((await reason(ofApi, page)).message).toMatch(/does not answer as Hugging Face does/);
  await using hub = await standIn({
    files,
    fault: ({ path }) =>
      path.includes(`/tree/${commit}`)
        ? { status: 200, headers: { link: '<http://evil.example/x>; rel="next"' } }
        : undefined,
  });
  await using at = await home();
  await expect(fetchAll({ env: at.env(hub) })).rejects.toThrow(/does not answer|another host/);
});

test.each([
  ["on one page", 200_000],
  ["on several pages", 60_000],
])("a listing of more files than a model has, %s, is refused, not cut", async (_, page) => {
  const names = Array.from({ length: 100_001 }, (_each, i) => [`${i}.txt`, "a"] as const);
  await using hub = await standIn({ files: Object.fromEntries(names), page });
  await using at = await home();
  const finding = hubSource({ env: at.env(hub) }).find("birds/lark", call());
  await expect(finding).rejects.toMatchObject({
    code: "LOAD_FAILED",
    message: expect.stringMatching(/birds\/lark lists more than 100000 files/),
  });
});
