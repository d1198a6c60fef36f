import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../packages/", import.meta.url));

test.each(["plugin-embedding", "plugin-rerank", "plugin-diffusion"])(
  "the families of %s leave the claim exact to other plugins",
  async (name) => {
    const source = join(packages, name, "src");
    const files = (await readdir(source, { recursive: true })).filter((each) =>
      each.endsWith(".ts"),
    );
    expect(files.filter((each) => each.startsWith("families"))).not.toEqual([]);
    for (const file of files) {
      expect(await readFile(join(source, file), "utf8"), file).not.toContain('"exact"');
    }
  },
);
