import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, parse } from "node:path";

/** A library with native code, and the package of ours that depends on it. */
export interface NativeLibrary {
  readonly name: string;
  readonly of: string;
}

/** Where a library is installed, and in which version. undefined where it is not. */
export interface InstalledLibrary {
  /** Path of its main module. */
  readonly path: string;
  readonly folder: string;
  readonly version: string;
}

const require = createRequire(import.meta.url);

/** Looks for a library from the package that depends on it: pnpm lets no other see it. */
export function installedLibrary({ name, of }: NativeLibrary): InstalledLibrary | undefined {
  try {
    const path = createRequire(require.resolve(`${of}/package.json`)).resolve(name);
    const folder = packageFolder(path, name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly version: string;
    };
    return { path, folder, version };
  } catch {
    return undefined;
  }
}

/** The folder above a module that has the package's own manifest. */
function packageFolder(path: string, name: string): string {
  const { root } = parse(path);
  for (let folder = dirname(path); folder !== root; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === name
    )
      return folder;
  }
  throw new Error(`${path} belongs to no package`);
}

export const onnxruntime: NativeLibrary = { name: "onnxruntime-node", of: "@kindred/core" };

/** The path of onnxruntime's library for CUDA on this platform; undefined where it is not installed. */
export function cudaLibrary(): string | undefined {
  const installed = installedLibrary(onnxruntime);
  if (!installed) return undefined;
  const file =
    process.platform === "win32"
      ? "onnxruntime_providers_cuda.dll"
      : "libonnxruntime_providers_cuda.so";
  const path = join(installed.folder, "bin", "napi-v6", process.platform, process.arch, file);
  return existsSync(path) ? path : undefined;
}
