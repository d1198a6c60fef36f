import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "import-meta-resolve";
import { isKernelError, KernelError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";

interface Manifest {
  readonly name?: string;
  readonly keywords?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

export interface DiscoverOptions {
  /** Hears of a dependency that cannot be used, and the others are given. Default: its error rejects. */
  readonly onFailure?: (error: KernelError) => void;
}

/**
 * The plugins among an application's direct dependencies: packages with the keyword `kindred-plugin`, in sorted order,
 * each made by its default export. `from` is the application's `import.meta.url`. Never looks further: no transitive
 * dependency, no environment variable. PLUGIN_INVALID names a dependency that is not installed, and a package that cannot be
 * imported or whose default export makes no plugin.
 */
export async function discoverPlugins(
  from: string,
  { onFailure }: DiscoverOptions = {},
): Promise<readonly Plugin[]> {
  const manifestPath = nearestManifest(dirname(fileURLToPath(from)));
  const { dependencies = {} } = await readManifest(manifestPath);
  const failed = (error: KernelError): void => {
    if (!onFailure) throw error;
    onFailure(error);
  };
  const require = createRequire(manifestPath);
  const names = Object.keys(dependencies).toSorted();
  const missing = names.filter((name) => installedManifest(require, name) === undefined);
  if (missing.length > 0) failed(notInstalled(missing));
  const plugins: Plugin[] = [];
  for (const name of names) {
    const manifest = installedManifest(require, name);
    if (manifest === undefined) continue;
    try {
      const { keywords = [] } = await readManifest(manifest);
      // As `import` finds it: `require.resolve` takes no package that exports itself to `import` alone.
      if (keywords.includes("kindred-plugin"))
        plugins.push(await makePlugin(name, resolve(name, pathToFileURL(manifestPath).href)));
    } catch (error) {
      failed(isKernelError(error) ? error : unusable(name, error));
    }
  }
  return plugins;
}

function notInstalled(names: readonly string[]): KernelError {
  const [first, ...others] = names;
  const more = others.length > 0 ? ` and ${others.length} more` : "";
  return new KernelError(
    "PLUGIN_INVALID",
    `The dependency "${first}"${more} is not installed. Run npm install.`,
  );
}

function unusable(name: string, cause: unknown): KernelError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new KernelError(
    "PLUGIN_INVALID",
    `The plugin "${name}" cannot be imported: ${reason.replace(/[.\s]+$/, "")}. Check the "exports" of its package.json, or remove the dependency.`,
    { cause },
  );
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

/** By folder rather than by specifier: a package's `exports` may hide its package.json. undefined when it is not installed. */
function installedManifest(require: NodeJS.Require, name: string): string | undefined {
  const places = (require.resolve.paths(name) ?? []).map((folder) =>
    join(folder, name, "package.json"),
  );
  return places.find((place) => existsSync(place));
}

async function readManifest(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(path, "utf8")) as Manifest;
}

async function makePlugin(name: string, url: string): Promise<Plugin> {
  const module = (await import(url)) as { default?: () => Plugin };
  if (typeof module.default === "function") return module.default();
  throw new KernelError(
    "PLUGIN_INVALID",
    `"${name}" has the keyword kindred-plugin but no default export that makes one. Ask its author, or list your plugins by hand.`,
  );
}
