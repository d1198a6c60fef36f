import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test("each tarball has a README and the project's license, and says which Node it needs", async () => {
  const args = ["pack", "--dry-run", "--json", "-w", "packages"];
  const { stdout } = await promisify(execFile)("npm", args, { cwd: root, maxBuffer: 2 ** 26 });
  const packed: readonly Packed[] = Object.values(JSON.parse(stdout));
  expect(packed.map(({ name }) => name)).toHaveLength((await readdir(`${root}/packages`)).length);
  const license = await readFile(join(root, "LICENSE"), "utf8");
  const { engines } = await manifestOf(".");
  for (const { name, files } of packed) {
    const folder = name.replace("@kindred/", "packages/");
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(["README.md", "LICENSE"]));
    expect(await readFile(join(root, folder, "LICENSE"), "utf8"), name).toBe(license);
    const readme = await readFile(join(root, folder, "README.md"), "utf8");
    expect(readme, name).toMatch(/needs Node 20\.19 or newer/);
    expect((await manifestOf(folder)).engines, name).toEqual(engines);
  }
});

interface Packed {
  readonly name: string;
  readonly files: readonly { readonly path: string }[];
}

async function manifestOf(folder: string): Promise<{ readonly engines: object }> {
  return JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
}
