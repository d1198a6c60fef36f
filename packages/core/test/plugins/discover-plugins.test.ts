import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { discoverPlugins } from "../../src/plugins/discover-plugins.ts";

interface Package {
  readonly keywords?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly source?: string;
}

async function application(
  packages: Readonly<Record<string, Package>>,
  dependencies: readonly string[],
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "kindred-application-"));
  const wanted = Object.fromEntries(dependencies.map((name) => [name, "*"]));
  await writeFile(join(root, "package.json"), JSON.stringify({ dependencies: wanted }));
  for (const [name, { source = "", ...manifest }] of Object.entries(packages)) {
    const folder = join(root, "node_modules", name);
    await mkdir(folder, { recursive: true });
    const facts = {
      name,
      type: "module",
      exports: { ".": { default: "./index.js" } },
      ...manifest,
    };
    await writeFile(join(folder, "package.json"), JSON.stringify(facts));
    await writeFile(join(folder, "index.js"), source);
  }
  await mkdir(join(root, "src"));
  return pathToFileURL(join(root, "src", "server.js")).href;
}

const makes = (name: string) =>
  `export default () => ({ contract: 1, name: ${JSON.stringify(name)} });`;
const keywords = ["kindred-plugin"];

test("direct dependencies with the keyword are plugins, in sorted order", async () => {
  const from = await application(
    {
      zebra: { keywords, source: makes("zebra") },
      "@acme/ant": { keywords, source: makes("ant") },
      express: { source: "throw new Error('imported')" },
      transitive: { keywords, source: makes("transitive") },
    },
    ["zebra", "@acme/ant", "express"],
  );
  expect((await discoverPlugins(from)).map(({ name }) => name)).toEqual(["ant", "zebra"]);
});

test("a plugin package without a factory, and a dependency that is not installed, are PLUGIN_INVALID by name", async () => {
  const broken = await application({ broken: { keywords, source: "export const x = 1;" } }, [
    "broken",
  ]);
  await expect(discoverPlugins(broken)).rejects.toThrow(/"broken" has the keyword/);
  const missing = await application({}, ["missing"]);
  await expect(discoverPlugins(missing)).rejects.toThrow(/"missing" is not installed/);
});
