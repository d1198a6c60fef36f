import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Names that a source makes of parts. */
const composed: Readonly<Record<string, readonly string[]>> = {
  setting: [
    "limits.requestsPerMinute",
    "limits.tokensPerMinute",
    "limits.picturesAtOnce",
    "limits.picturesPerRequest",
    "limits.perKey.requestsPerMinute",
    "limits.perKey.tokensPerMinute",
    "limits.perKey.picturesAtOnce",
    "limits.perKey.picturesPerRequest",
  ],
  bound: [
    "limits.json",
    "limits.form",
    "limits.ratio",
    "form.fields",
    "form.files",
    "form.headers",
    "connections.headersTimeout",
    "headers.bytes",
    "chunks.extensions",
    "maxSide",
    "maxPixelSteps",
    "maxUploadBytes",
    "maxUploadPixels",
    "upload.pages",
  ],
};

/** What the sources call `reached` with. */
async function argumentsOfReached(): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const name of await readdir(join(root, "packages"))) {
    const folder = join(root, "packages", name, "src");
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith(".ts")) continue;
      const text = await readFile(join(folder, file), "utf8");
      for (const [, given] of text.matchAll(/(?<!function )\breached\(([^()]+)\)/g))
        found.add(given!);
    }
  }
  return [...found];
}

/** The bounds in the table of the page. */
async function listed(): Promise<readonly string[]> {
  const page = await readFile(join(root, "docs/limits.md"), "utf8");
  const [, table = ""] = page.split("## Every bound");
  return Array.from(table.matchAll(/^\| `([\w.]+)`/gm), ([, name]) => name!);
}

test("the table of bounds has the names that the sources tell of, and no other", async () => {
  const given = await argumentsOfReached();
  const literals = given.flatMap((each) =>
    Array.from(each.matchAll(/"([\w.]+)"/g), ([, name]) => name!),
  );
  const others = given.filter((each) => !each.includes('"'));
  expect(others.toSorted()).toEqual(Object.keys(composed).toSorted());
  const names = [...new Set([...literals, ...Object.values(composed).flat()])];
  expect((await listed()).toSorted()).toEqual(names.toSorted());
});
