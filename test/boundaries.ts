import { isBuiltin } from "node:module";
import { dirname, join } from "node:path/posix";

/** A file that imports something; paths are relative to the repository, "/"-separated. */
export interface Import {
  readonly file: string;
  readonly specifier: string;
  /** `import type`: gone once compiled. */
  readonly typeOnly: boolean;
}

/** What a source file imports, also dynamically and by re-export. */
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
  "packages/plugin-embedding": ["core"],
  "packages/plugin-diffusion": ["core"],
  "packages/server-koa": ["core"],
  "packages/demo-models": ["core"],
} as const;

const onlyIn: Readonly<Record<string, string>> = {
  tsyringe: "packages/core/src/plugins/container.ts",
  "reflect-metadata": "packages/core/src/plugins/container.ts",
  "onnxruntime-node": "packages/core/src/runtime/child.ts",
};

/** Who may import whom, beside what their package.json declares. */
export const rules: readonly Rule[] = [
  {
    says: "plugins and server-koa import core, never each other, and core none of them",
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
    says: "onnx/ and text/ import the kernel's graph.ts, errors.ts and shared/; shared/ imports its errors.ts",
    broken: ({ file, specifier }) => {
      const [leaf, name] = /^packages\/core\/src\/(onnx|text|shared)\//.exec(file) ?? [];
      if (leaf === undefined || !specifier.startsWith(".")) return false;
      const path = join(dirname(file), specifier);
      const common =
        name === "shared"
          ? /^packages\/core\/src\/errors\.ts$/
          : /^packages\/core\/src\/(graph\.ts|errors\.ts|shared\/)/;
      return !path.startsWith(leaf) && !common.test(path);
    },
  },
  {
    says: "sources import nothing from outside their folder by path",
    broken: ({ file, specifier }) =>
      specifier.startsWith(".") && !join(dirname(file), specifier).startsWith(sourceOf(file)),
  },
  {
    says: "the rerank example needs core's types, /onnx and /text",
    broken: ({ file, specifier, typeOnly }) =>
      file.startsWith("examples/rerank-plugin/") &&
      specifier.startsWith("@kindred/") &&
      !["@kindred/core/onnx", "@kindred/core/text"].includes(specifier) &&
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
