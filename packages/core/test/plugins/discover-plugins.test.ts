import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { discoverPlugins } from "../../src/plugins/discover-plugins.ts";

interface Package {
  readonly keywords?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly exports?: unknown;
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

test("a package that exports itself to `import` alone is a plugin", async () => {
  const exports = { ".": { types: "./index.d.ts", import: "./index.js" } };
  const from = await application({ tone: { keywords, exports, source: makes("tone") } }, ["tone"]);
  expect((await discoverPlugins(from)).map(({ name }) => name)).toEqual(["tone"]);
});

test("a plugin that cannot be imported is named, and with a listener the others remain", async () => {
  const packages = {
    moods: { keywords, exports: "./missing.js" },
    throwing: { keywords, source: "throw new Error('too old');" },
    tone: { keywords, source: makes("tone") },
  };
  const from = await application(packages, ["moods", "throwing", "tone", "absent", "gone"]);
  const failures: string[] = [];
  const onFailure = ({ message }: Error) => failures.push(message);
  const found = await discoverPlugins(from, { onFailure });
  expect(found.map(({ name }) => name)).toEqual(["tone"]);
  expect(failures).toEqual([
    'The dependency "absent" and 1 more is not installed. Run npm install.',
    expect.stringMatching(/^The plugin "moods" cannot be imported: .*missing\.js.*exports/),
    expect.stringMatching(/^The plugin "throwing" cannot be imported: too old\./),
  ]);
  const alone = await application(packages, ["moods"]);
  await expect(discoverPlugins(alone)).rejects.toMatchObject({ code: "PLUGIN_INVALID" });
});

test("a plugin package without a factory, and a dependency that is not installed, are PLUGIN_INVALID by name", async () => {
  const broken = await application({ broken: { keywords, source: "export const x = 1;" } }, [
    "broken",
  ]);
  await expect(discoverPlugins(broken)).rejects.toThrow(/"broken" has the keyword/);
  const missing = await application({}, ["missing"]);
  await expect(discoverPlugins(missing)).rejects.toThrow(/"missing" is not installed/);
});
