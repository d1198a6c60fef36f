import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isJsonObject, suggestion } from "@kindred/core";
import { UsageError } from "../usage-error.ts";
import { sections, settings } from "./settings.ts";
import { fileVariable } from "./variables.ts";
import { withVariables } from "./with-variables.ts";
import type { Written } from "./written.ts";

const names = ["ts", "js", "mjs", "json"].map((ending) => `kindred.config.${ending}`);

/**
 * The path of the configuration file: the flag's, the variable's, or the one of the current folder; undefined where there is none. UsageError where a
 * named one is not there, or the folder has several.
 */
export function findConfigFile(
  flag: string | undefined,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const named = flag ?? env[fileVariable];
  if (named === undefined) {
    const found = names.filter((name) => existsSync(name));
    if (found.length < 2) return found[0];
    throw new UsageError(`There are ${found.join(" and ")}. Name one by --config, or remove one.`);
  }
  const from = flag === undefined ? fileVariable : "--config";
  if (named === "")
    throw new UsageError(`${from} is empty. Give it the path of a file, or unset it.`);
  if (existsSync(named)) return named;
  throw new UsageError(`${from} names ${resolve(named)}, and there is no such file.`);
}

/** The settings of a file, with its variables. UsageError for a file that cannot be read, and for what is no setting. */
export async function readConfigFile(
  path: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Written[]> {
  const said = await contentOf(path);
  if (!isJsonObject(said))
    throw new UsageError(`${path} must hold an object of settings, such as { port: 9997 }.`);
  refuseUnknown(path, said);
  return settings.flatMap((setting): readonly Written[] => {
    const value = setting.path.reduce<any>((inner, name) => inner?.[name], said);
    const where = `${setting.name} in ${path}`;
    if (value === undefined) return [];
    return [{ setting, value: withVariables(value, env, where), from: path, where }];
  });
}

async function contentOf(path: string): Promise<unknown> {
  if (extname(path) !== ".json") return importedFrom(path);
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UsageError(`${path} cannot be read: ${error.message}`, { cause: error });
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Counts the times that modules are read: Node keeps each URL's. */
let times = 0;

async function importedFrom(path: string): Promise<unknown> {
  if (/\.[mc]?ts$/.test(path)) refuseOldNode(path);
  try {
    const url = `${pathToFileURL(resolve(path)).href}?read=${times++}`;
    const { default: said } = (await import(url)) as { readonly default?: unknown };
    if (said === undefined) throw new Error("it has no default export");
    return typeof said === "function" ? await said() : await said;
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function refuseOldNode(path: string): void {
  // Types of Node 20 do not know of it.
  const features = process.features as { readonly typescript?: unknown };
  if (features.typescript) return;
  throw new UsageError(
    `${basename(path)} needs a Node that reads TypeScript, which is 22.18 or newer, and this is ${process.versions.node}. Use such a Node, start one of 22.6 or newer with --experimental-strip-types, or write kindred.config.js.`,
  );
}

function refuseUnknown(path: string, said: Readonly<Record<string, unknown>>): void {
  const tops = new Set(settings.map((setting) => setting.path[0]!));
  for (const [name, value] of Object.entries(said)) {
    if (name === "$schema") continue;
    if (!tops.has(name))
      throw new UsageError(
        `${path} has "${name}", which is no setting.${suggestion(name, [...tops])}`,
      );
    if (!sections.includes(name) || value === undefined) continue;
    if (!isJsonObject(value))
      throw new UsageError(
        `${name} in ${path} must be an object of settings, not ${JSON.stringify(value)}.`,
      );
    const parts = settings.filter((each) => each.path[0] === name).map((each) => each.path[1]!);
    const unknown = Object.keys(value).find((part) => !parts.includes(part));
    if (unknown === undefined) continue;
    throw new UsageError(
      `${path} has "${name}.${unknown}", which is no setting.${suggestion(unknown, parts)}`,
    );
  }
}
