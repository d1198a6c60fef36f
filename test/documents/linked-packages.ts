import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "./follow.ts";
import type { Installing } from "./follow.ts";

/** Stands for `npm install` without a registry: links the packages from this repository's own node_modules, and only those. */
export const linkedPackages: Installing = {
  async install(args, folder) {
    const packages = args.filter((arg) => !arg.startsWith("-"));
    const names = packages.map((each) => /^(@?[^@]+)/.exec(each)![1]!);
    for (const name of names) await link(name, await installedAt(name), folder);
    const path = join(folder, "package.json");
    const manifest = existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : {};
    const added = Object.fromEntries(names.map((name) => [name, "*"]));
    const dependencies = { ...manifest.dependencies, ...added };
    await writeFile(path, JSON.stringify({ ...manifest, dependencies }));
  },
};

/** The version that a package of ours needs comes before the root's, which a tool may have brought. */
async function installedAt(name: string): Promise<string> {
  const packages = await readdir(join(root, "packages"));
  const owners = [...packages.map((each) => `packages/${each}`), ""];
  const found = owners.map((owner) => join(root, owner, "node_modules", name)).find(existsSync);
  if (found === undefined) throw new Error(`${name} is to be installed, and is not here.`);
  return found;
}

async function link(name: string, target: string, folder: string): Promise<void> {
  const modules = join(folder, "node_modules");
  const path = join(modules, name);
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path);
  const { bin = {} } = JSON.parse(await readFile(join(target, "package.json"), "utf8"));
  const commands = typeof bin === "string" ? { [name]: bin } : bin;
  await mkdir(join(modules, ".bin"), { recursive: true });
  for (const [command, script] of Object.entries<string>(commands)) {
    await symlink(join(target, script), join(modules, ".bin", command));
  }
}
