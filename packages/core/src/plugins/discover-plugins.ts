import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { KernelError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";

interface Manifest {
  readonly name?: string;
  readonly keywords?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The plugins among an application's direct dependencies: packages with the keyword `kindred-plugin`, in sorted order,
 * each made by its default export. `from` is the application's `import.meta.url`. Never looks further: no transitive
 * dependency, no environment variable. PLUGIN_INVALID names a package whose default export makes no plugin.
 */
export async function discoverPlugins(from: string): Promise<readonly Plugin[]> {
  const manifestPath = nearestManifest(dirname(fileURLToPath(from)));
  const { dependencies = {} } = await readManifest(manifestPath);
  const require = createRequire(manifestPath);
  const plugins: Plugin[] = [];
  for (const name of Object.keys(dependencies).toSorted()) {
    const { keywords = [] } = await readManifest(installedManifest(require, name));
    if (keywords.includes("kindred-plugin"))
      plugins.push(await makePlugin(name, require.resolve(name)));
  }
  return plugins;
}

function nearestManifest(folder: string): string {
  const path = join(folder, "package.json");
  if (existsSync(path)) return path;
  if (dirname(folder) === folder) {
    throw new KernelError(
      "PLUGIN_INVALID",
      "There is no package.json above the application. Pass its import.meta.url.",
    );
  }
  return nearestManifest(dirname(folder));
}

/** By folder rather than by specifier: a package's `exports` may hide its package.json. */
function installedManifest(require: NodeJS.Require, name: string): string {
  const places = (require.resolve.paths(name) ?? []).map((folder) =>
    join(folder, name, "package.json"),
  );
  const path = places.find((place) => existsSync(place));
  if (path) return path;
  throw new KernelError(
    "PLUGIN_INVALID",
    `The dependency "${name}" is not installed. Run npm install.`,
  );
}

async function readManifest(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(path, "utf8")) as Manifest;
}

async function makePlugin(name: string, path: string): Promise<Plugin> {
  const module = (await import(pathToFileURL(path).href)) as { default?: () => Plugin };
  if (typeof module.default === "function") return module.default();
  throw new KernelError(
    "PLUGIN_INVALID",
    `"${name}" has the keyword kindred-plugin but no default export that makes one. Ask its author, or list your plugins by hand.`,
  );
}
