import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";

/** A file that imports something; paths are relative to the repository, "/"-separated. */
export interface Import {
  readonly file: string;
  readonly specifier: string;
  /** `import type`: gone once compiled. */
  readonly typeOnly: boolean;
}

/** The imports of a source file, dynamic ones and re-exports too. */
export function importsOf(file: string, source: string): Import[] {
  const pattern =
    /^\s*(?:import|export)\s+(type\s)?[^;"']*?from\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return Array.from(source.matchAll(pattern), ([, type, from, effect, dynamic]) => ({
    file,
    specifier: (from ?? effect ?? dynamic)!,
    typeOnly: type !== undefined,
  }));
}

interface Rule {
  readonly says: string;
  broken(by: Import): boolean;
}

const siblings = {
  "packages/core": [],
  "packages/text-encoders": ["core"],
  "packages/plugin-embedding": ["core", "text-encoders"],
  "packages/plugin-rerank": ["core", "text-encoders"],
  "packages/plugin-diffusion": ["core"],
  "packages/server-koa": ["core"],
  "packages/demo-models": ["core"],
} as const;

const onlyIn: Readonly<Record<string, string>> = {
  tsyringe: "packages/core/src/plugins/container.ts",
  "reflect-metadata": "packages/core/src/plugins/container.ts",
  "onnxruntime-node": "packages/core/src/runtime/child.ts",
};

const core = "packages/core/src";

/** The files of core's folders that other folders may import, and which folders those are; "root" is the files beside them. */
const doors: Readonly<
  Record<string, { readonly files: readonly string[]; readonly by: readonly string[] }>
> = {
  catalog: {
    files: [
      "catalog",
      "load-model",
      "check-aliases",
      "check-launch",
      "check-task",
      "launches-within",
    ],
    by: ["root", "registry"],
  },
  lanes: { files: ["lane", "single-lane", "batched-lane", "side-lane"], by: ["catalog", "memory"] },
  memory: { files: ["model-memory", "device-memory"], by: ["root", "catalog"] },
  devices: { files: ["budget-allocator"], by: ["root"] },
  runtime: { files: ["process-runtime"], by: ["root", "testing"] },
  process: {
    files: ["script-process", "child-channel", "frames", "tie-to-server"],
    by: ["runtime", "text"],
  },
  sources: {
    files: [
      "absence",
      "folder-source",
      "model-folder",
      "json-file",
      "hub-cache",
      "least-weight-bytes",
    ],
    by: ["root", "catalog", "hub", "testing"],
  },
  hub: { files: ["cached-snapshot", "hub-name"], by: ["registry"] },
  registry: { files: [], by: [] },
  plugins: {
    files: ["check-plugins", "check-providers", "discover-plugins", "container"],
    by: ["root", "catalog", "testing"],
  },
  onnx: {
    files: ["index", "blocks", "common-folder", "safetensors/header", "pytorch/header"],
    by: ["testing", "sources", "precision"],
  },
  precision: { files: [], by: [] },
  text: { files: [], by: [] },
  shared: {
    files: [
      "dispose",
      "built-module",
      "inside-folder",
      "file-identity",
      "model-json",
      "regular-file",
      "told",
    ],
    by: [
      "root",
      "catalog",
      "hub",
      "memory",
      "lanes",
      "plugins",
      "precision",
      "registry",
      "runtime",
      "sources",
      "testing",
    ],
  },
};

/** Rules about imports, beside what each package.json declares. */
export const rules: readonly Rule[] = [
  {
    says: "plugins and server-koa import core and libraries, never each other, and core none of them",
    broken: ({ file, specifier }) =>
      Object.entries(siblings).some(
        ([folder, allowed]) =>
          file.startsWith(`${folder}/src/`) &&
          specifier.startsWith("@kindred/") &&
          !allowed.some((name) => name === specifier.split("/")[1]),
      ),
  },
  {
    says: "tsyringe and reflect-metadata are imported by plugins/container.ts, onnxruntime-node by runtime/child.ts",
    broken: ({ file, specifier }) =>
      specifier in onlyIn && file.startsWith("packages/") && onlyIn[specifier] !== file,
  },
  {
    says: "core's index.ts exports from the root, and factories of devices/, plugins/, runtime/ and sources/",
    broken: ({ file, specifier }) =>
      file === `${core}/index.ts` &&
      !/^\.\/([^/]+|(devices|plugins|runtime|sources)\/[^/]+)$/.test(specifier),
  },
  {
    says: "a folder of core is imported from outside it through its doors",
    broken: ({ file, specifier }) => {
      const path = join(dirname(file), specifier);
      const [, folder] = /^packages\/core\/src\/([^/]+)\//.exec(path) ?? [];
      const by = folderOf(file) ?? "root";
      if (!specifier.startsWith(".") || folder === undefined || by === folder) return false;
      // The index and the leaves have rules of their own.
      if (file === `${core}/index.ts` || ["onnx", "text", "shared"].includes(by)) return false;
      const door = doors[folder];
      return !door?.by.includes(by) || !door.files.some((name) => path.endsWith(`/${name}.ts`));
    },
  },
  {
    says: "onnx/ and text/ import the kernel's graph.ts, errors.ts, bounds.ts, time-slice.ts and shared/, text/ process/ too; process/ and shared/ import errors.ts, json-limits.ts and child-processes.ts",
    broken: ({ file, specifier }) => {
      const [leaf, name] = /^packages\/core\/src\/(onnx|text|shared|process)\//.exec(file) ?? [];
      if (leaf === undefined || !specifier.startsWith(".")) return false;
      const path = join(dirname(file), specifier);
      const common =
        name === "shared" || name === "process"
          ? /^packages\/core\/src\/(errors\.ts$|json-limits\.ts$|child-processes\.ts$|shared\/)/
          : /^packages\/core\/src\/(graph\.ts|errors\.ts|bounds\.ts|time-slice\.ts|shared\/)/;
      const served = name === "text" && path.startsWith("packages/core/src/process/");
      return !path.startsWith(leaf) && !served && !common.test(path);
    },
  },
  {
    says: "sources import nothing from outside their folder by path",
    broken: ({ file, specifier }) =>
      specifier.startsWith(".") && !join(dirname(file), specifier).startsWith(sourceOf(file)),
  },
  {
    says: "the classify example needs core's types, /onnx and /text, and text-encoders",
    broken: ({ file, specifier, typeOnly }) =>
      file.startsWith("examples/classify-plugin/") &&
      specifier.startsWith("@kindred/") &&
      !["@kindred/core/onnx", "@kindred/core/text", "@kindred/text-encoders"].includes(specifier) &&
      !(specifier === "@kindred/core" && typeOnly),
  },
];

/** The package that an import names, or undefined for a path or a part of Node. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || isBuiltin(specifier)) return undefined;
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

function sourceOf(file: string): string {
  return file.split("/", 3).join("/");
}

/** The folder of core that a file lies in; undefined for the root and for other packages. */
function folderOf(file: string): string | undefined {
  return /^packages\/core\/src\/([^/]+)\//.exec(file)?.[1];
}
