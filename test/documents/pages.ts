import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./follow.ts";

/** Every page that readers are to follow, relative to the root. */
export async function allPages(): Promise<readonly string[]> {
  const guides = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  const packages = await readdir(join(root, "packages"));
  return [
    "README.md",
    "CONTRIBUTING.md",
    ...guides.map((name) => `docs/${name}`),
    ...packages.map((name) => `packages/${name}/README.md`),
  ].filter((page) => existsSync(join(root, page)));
}
