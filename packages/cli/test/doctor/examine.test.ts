import { describe, expect, test } from "vitest";
import { examine } from "../../src/doctor/examine.ts";
import type { Facts } from "../../src/doctor/facts.ts";
import { reportText } from "../../src/doctor/report.ts";
import { machine } from "./invented-facts.ts";

const usual = machine();

test("a machine on which nothing is wrong has a line for each subject, and nothing to do", () => {
  const findings = examine(usual);
  expect(findings.map(({ subject }) => subject)).toEqual([
    ..."node system heap packages onnxruntime-node providers telemetry sharp processor memory".split(
      " ",
    ),
    ..."descriptors hub cache".split(" "),
    "data folder",
    "port",
  ]);
  for (const finding of findings) expect(finding).toMatchObject({ state: "ok" });
  for (const finding of findings) expect(finding).not.toHaveProperty("advice");
});

describe("what is wrong is told with what to do", () => {
  const { node, processor, memory, cache, data, port } = usual;
  const gpu = { gpus: ["NVIDIA H100"], hasProvider: false };
  const [onnxruntime, sharp] = usual.libraries;
  test.each<[string, string, Partial<Facts>, RegExp, RegExp]>([
    [
      "problem",
      "node",
      { node: { ...node, version: "20.18.3" } },
      /20\.18\.3 is too old/,
      /20\.19/,
    ],
    [
      "warning",
      "node",
      { node: { ...node, version: "20.20.2" } },
      /no fixes since April 2026/,
      /22/,
    ],
    ["warning", "node", { node: { ...node, version: "23.1.0" } }, /no fixes once/, /22 or 24/],
    ["problem", "system", { node: { ...node, glibc: undefined } }, /without glibc/, /Debian/],
    ["warning", "heap", { node: { ...node, maxHeapBytes: 128 << 20 } }, /134 MB/, /--body-memory/],
    [
      "problem",
      "packages",
      { packages: [...usual.packages, { name: "@kindred/server-koa", version: "0.2.0" }] },
      /core 0\.1\.0, @kindred\/server-koa 0\.2\.0/,
      /one version/,
    ],
    [
      "problem",
      "sharp",
      { libraries: [onnxruntime!, { ...sharp!, failure: "Error: no such module" }] },
      /sharp 0\.35\.5 cannot be loaded: Error: no such module/,
      /node_modules/,
    ],
    ["problem", "sharp", { libraries: [{ name: "sharp" }] }, /not installed/, /again/],
    [
      "problem",
      "telemetry",
      { libraries: [{ ...onnxruntime!, isSilenced: false }] },
      /reports each session/,
      /ORT_DISABLE_TELEMETRY=1/,
    ],
    ["warning", "providers", { cuda: gpu }, /H100, and its library is not installed/, /CPU/],
    [
      "warning",
      "processor",
      { processor: { ...processor, instructions: new Set(["sse2"]) } },
      /no vector/,
      /AVX2/,
    ],
    [
      "warning",
      "processor",
      { processor: { ...processor, instructions: new Set(["sse2", "avx2"]) } },
      /4 threads: AVX2$/,
      /VNNI/,
    ],
    [
      "warning",
      "memory",
      { memory: { ...memory, limit: 8e9, available: 7e9, budget: 9e9 } },
      /has 32 GB, of which the control group allows 8 GB\. 7 GB can be had now/,
      /below 8 GB/,
    ],
    ["warning", "memory", { memory: { ...memory, available: 5e9 } }, /5 GB can/, /below 5 GB/],
    ["warning", "descriptors", { maxDescriptors: 1024 }, /at a time: 512/, /LimitNOFILE/],
    [
      "problem",
      "hub",
      { hub: { reason: 'HF_ENDPOINT must be an address, not "x".' } },
      /"x"/,
      /unset/,
    ],
    [
      "warning",
      "hub",
      { hub: { ...usual.hub, isOffline: true } as Facts["hub"] },
      /HF_HUB_OFFLINE/,
      /pull/,
    ],
    [
      "problem",
      "cache",
      { cache: { ...cache!, unwritable: "EROFS in /cache" } },
      /cannot be written: EROFS/,
      /HF_HUB_CACHE/,
    ],
    ["warning", "cache", { cache: { ...cache!, freeBytes: 1e9 } }, /1 GB are free/, /Make room/],
    [
      "warning",
      "cache",
      { cache: { ...cache!, takesLinks: false } },
      /takes no links/,
      /HF_HUB_CACHE/,
    ],
    [
      "problem",
      "data folder",
      { data: { ...data, unwritable: "EACCES in /" } },
      /EACCES/,
      /--data/,
    ],
    [
      "problem",
      "port",
      { port: { ...port, refused: "EADDRINUSE", holder: "nginx (process 412)" } },
      /9997 of 127\.0\.0\.1 is taken by nginx \(process 412\)/,
      /--port/,
    ],
    ["problem", "port", { port: { ...port, refused: "EADDRINUSE" } }, /is taken\.$/, /--port/],
    ["problem", "port", { port: { ...port, port: 80, refused: "EACCES" } }, /EACCES/, /1024/],
    ["problem", "port", { port: { ...port, refused: "EADDRNOTAVAIL" } }, /EADDRNOTAVAIL/, /--host/],
  ])("%s of %s in %j", (state, subject, changes, message, advice) => {
    const findings = examine(machine(changes));
    const wrong = findings.filter((finding) => finding.state !== "ok");
    expect(wrong).toEqual([
      {
        state,
        subject,
        message: expect.stringMatching(message),
        advice: expect.stringMatching(advice),
      },
    ]);
  });
});

test("a port that a server of Kindred has is no problem", () => {
  const port = { ...usual.port, refused: "EADDRINUSE", holder: "kindred" };
  const found = examine(machine({ port })).find(({ subject }) => subject === "port");
  expect(found).toMatchObject({ state: "ok" });
});

test("a proxy and a token are told without their secrets", () => {
  const proxy = { url: "http://proxy.example.org:3128", variable: "HTTPS_PROXY" };
  const hub = { ...usual.hub, hasToken: true, proxy } as Facts["hub"];
  const found = examine(machine({ hub })).find(({ subject }) => subject === "hub");
  expect(found?.message).toBe(
    "Names are downloaded from https://huggingface.co, through the proxy http://proxy.example.org:3128 of HTTPS_PROXY. A token is set.",
  );
});

test("a machine that does not tell its instructions or its descriptors is not judged by them", () => {
  const processor = { ...usual.processor, instructions: undefined };
  const findings = examine(machine({ processor, maxDescriptors: undefined }));
  expect(findings.every(({ state }) => state === "ok")).toBe(true);
});

test("the report has what to do below what is so, and counts", () => {
  const text = reportText([
    { subject: "port", state: "problem", message: "It is taken.", advice: "Choose another." },
    { subject: "node", state: "ok", message: "Node 22" },
  ]);
  expect(text.split("\n")).toEqual([
    "problem  port  It is taken.",
    "               Choose another.",
    "ok       node  Node 22",
    "1 problem, 0 warnings",
  ]);
});
