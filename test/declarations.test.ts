import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

test("the declarations of every export compile strictly, those of their dependencies included", async () => {
  const specifiers = await allExports();
  expect(specifiers).toContain("@kindred/core/text/process");
  const folder = await mkdtemp(join(tmpdir(), "kindred-declarations-"));
  await mkdir(join(folder, "node_modules"));
  for (const name of ["@kindred", "@types"]) {
    await symlink(join(root, "node_modules", name), join(folder, "node_modules", name));
  }
  const lines = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};\n`);
  await writeFile(join(folder, "all.mts"), lines.join(""));
  const options =
    "--ignoreConfig --noEmit --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess --target es2023 --module nodenext --types node --lib es2023,esnext.disposable";
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const compiled = promisify(execFile)(process.execPath, [tsc, ...options.split(" "), "all.mts"], {
    cwd: folder,
  });
  expect(
    await compiled.then(
      () => "",
      ({ stdout }) => stdout,
    ),
  ).toBe("");
  await rm(folder, { recursive: true });
});

/** "@kindred/core", "@kindred/core/text" …: what every package exports. */
async function allExports(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of await readdir(join(root, "packages"))) {
    const manifest = await readFile(join(root, "packages", name, "package.json"), "utf8");
    const { exports } = JSON.parse(manifest);
    const paths = Object.keys(exports).filter((path) => !path.endsWith(".json"));
    found.push(...paths.map((path) => `@kindred/${name}${path.slice(1)}`));
  }
  return found;
}
