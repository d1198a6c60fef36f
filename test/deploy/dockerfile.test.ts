import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../documents/follow.ts";
import { argumentsOf, dockerfile, environmentOf, stagesOf, textsOf } from "./dockerfile.ts";
import { buildContext, ignores } from "./dockerignore.ts";

const stages = stagesOf(dockerfile);
const last = stages.at(-1)!;

describe("the image", () => {
  test("is of a small base, the same as it is built in, by a version", () => {
    expect(stages.map(({ base }) => base)).toEqual(Array(2).fill("node:22-bookworm-slim"));
  });

  test("runs as a user without rights, which Kubernetes can see", () => {
    expect(textsOf(last, "USER")).toEqual(["1000:1000"]);
    expect(last.instructions.findIndex(({ name }) => name === "USER")).toBeGreaterThan(
      last.instructions.findLastIndex(({ name }) => name === "RUN" || name === "COPY"),
    );
  });

  test("starts without a shell, which would keep SIGTERM from the server", () => {
    const [entrypoint, command, ...more] = ["ENTRYPOINT", "CMD"].flatMap((name) =>
      textsOf(last, name),
    );
    expect([entrypoint, command].map((text) => argumentsOf(text!))).toEqual([
      ["kindred"],
      ["serve", "--host", "0.0.0.0"],
    ]);
    expect(more).toEqual([]);
    expect(textsOf(last, "STOPSIGNAL")).toEqual(["SIGTERM"]);
  });

  test("is asked whether it lives by the Node that it has", () => {
    const [check] = textsOf(last, "HEALTHCHECK");
    const [node, flag, script] = argumentsOf(check!);
    expect([node, flag]).toEqual(["node", "-e"]);
    expect(script).toContain("http://127.0.0.1:9997/health");
    expect(textsOf(last, "EXPOSE")).toEqual(["9997"]);
  });

  test("keeps models and files in its volumes", () => {
    const volumes = argumentsOf(textsOf(last, "VOLUME")[0]!);
    const { HF_HOME, MODELSCOPE_CACHE, XDG_DATA_HOME } = environmentOf(last, {});
    for (const path of [HF_HOME, MODELSCOPE_CACHE, XDG_DATA_HOME])
      expect(volumes.some((volume) => path!.startsWith(volume))).toBe(true);
  });
});

test("the build has the sources of the packages, and nothing else of a clone", () => {
  const context = buildContext();
  const packages = readdirSync(join(root, "packages"));
  for (const name of packages) {
    const sources = readdirSync(join(root, "packages", name, "src"), { recursive: true });
    const files = sources.map(String).filter((path) => path.endsWith(".ts"));
    const expected = ["package.json", ...files.map((path) => join("src", path))];
    expect(context).toEqual(
      expect.arrayContaining(expected.map((path) => join("packages", name, path))),
    );
  }
  const top = ["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "LICENSE"];
  expect(context).toEqual(expect.arrayContaining(top));
  expect(context.filter((path) => /(^|\/)test\/|^docs\/|\.env$/.test(path))).toEqual([]);
});

test.each([
  [".git/config"],
  [".env"],
  ["deploy/kindred.env"],
  ["models/m/config.json"],
  ["data/files/a.png"],
  ["node_modules/koa/package.json"],
  ["packages/core/dist/index.js"],
  ["packages/cli/node_modules/a.js"],
])("the build does not have %s", (path) => {
  expect(ignores(readFileSync(join(root, ".dockerignore"), "utf8"))(path)).toBe(true);
});
