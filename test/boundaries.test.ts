import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importsOf, packageOf, rules } from "./boundaries.ts";
import type { Import } from "./boundaries.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const imports = [...(await importsBelow("packages")), ...(await importsBelow("examples"))];

test("the sources were found", () => {
  expect(imports.length).toBeGreaterThan(300);
});

test.each(rules)("$says", ({ broken }) => {
  expect(imports.filter(broken)).toEqual([]);
});

test("every package that is imported is declared by the importer's package.json", async () => {
  const undeclared: Import[] = [];
  for (const each of imports) {
    const name = packageOf(each.specifier);
    const folder = each.file.split("/", 2).join("/");
    if (name !== undefined && !(await declaredBy(folder)).has(name)) undeclared.push(each);
  }
  expect(undeclared).toEqual([]);
});

const forbidden: readonly (readonly [string, string])[] = [
  ["packages/plugin-diffusion/src/a.ts", `import { x } from "@kindred/plugin-embedding";`],
  ["packages/plugin-rerank/src/a.ts", `import { x } from "@kindred/plugin-embedding";`],
  ["packages/core/src/a.ts", `export * from "@kindred/server-koa";`],
  ["packages/server-koa/src/a.ts", `const x = await import("@kindred/cli");`],
  ["packages/core/src/kernel.ts", `import "reflect-metadata";`],
  [
    "packages/core/src/runtime/process-runtime.ts",
    `import type { Tensor } from "onnxruntime-node";`,
  ],
  ["packages/core/src/onnx/a.ts", `import {\n  x,\n} from "../kernel.ts";`],
  ["packages/core/src/index.ts", `export { x } from "./lanes/lane.ts";`],
  ["packages/core/src/kernel.ts", `import { x } from "./catalog/choose-family.ts";`],
  ["packages/core/src/lanes/a.ts", `import { x } from "../memory/model-memory.ts";`],
  ["packages/core/src/runtime/a.ts", `import type { X } from "../onnx/index.ts";`],
  ["packages/core/src/text/a.ts", `import { x } from "../onnx/graph.ts";`],
  ["packages/core/src/shared/a.ts", `import { x } from "../graph.ts";`],
  ["packages/cli/src/a.ts", `import { x } from "../../core/src/kernel.ts";`],
  ["examples/classify-plugin/src/a.ts", `import { KernelError } from "@kindred/core";`],
];
test.each(forbidden)("%s may not have: %s", (file, source) => {
  const found = importsOf(file, source);
  expect(found).toHaveLength(1);
  expect(rules.filter(({ broken }) => found.some(broken))).toHaveLength(1);
});

async function importsBelow(folder: "packages" | "examples"): Promise<Import[]> {
  const files = await readdir(`${root}/${folder}`, { recursive: true });
  const sources = files
    .map((name) => `${folder}/${name.replaceAll("\\", "/")}`)
    .filter((file) => /^[^/]+\/[^/]+\/src\/.*\.ts$/.test(file));
  const found = sources.map(async (file) =>
    importsOf(file, await readFile(`${root}/${file}`, "utf8")),
  );
  return (await Promise.all(found)).flat();
}

async function declaredBy(folder: string): Promise<Set<string>> {
  const manifest = JSON.parse(await readFile(`${root}/${folder}/package.json`, "utf8"));
  const { dependencies = {}, peerDependencies = {}, devDependencies = {} } = manifest;
  return new Set(Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }));
}
