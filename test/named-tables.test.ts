import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../packages", import.meta.url));
const packages = ["core", "server-koa", "cli"];

/** Tables whose names come from the program itself. */
const closed: ReadonlySet<string> = new Set([
  // onnx/footprint.ts: the kinds of opening are our own words.
  "peaks",
  // runtime/tensors.ts: a tensor's type, which the runtime checks when a graph is opened.
  "arrays",
  // text/process/: the names of a tokenizer class's own tokens.
  "defaults",
  // testing/: dtypes that a test writes.
  "bytesPer",
]);

interface Source {
  readonly file: string;
  readonly text: string;
}

async function sources(): Promise<readonly Source[]> {
  const found: Source[] = [];
  for (const name of packages) {
    const folder = join(root, name, "src");
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith(".ts")) continue;
      found.push({ file: `${name}/${file}`, text: await readFile(join(folder, file), "utf8") });
    }
  }
  return found;
}

/** The names of tables: objects of members that a module declares. */
function tablesOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/^(?:export )?const (\w+)[^=\n]*= \{$/gm), ([, name]) => name!);
}

/** Whether a file declares a table of this name, or imports it. */
function has(text: string, table: string): boolean {
  return (
    tablesOf(text).includes(table) || new RegExp(`^import \\{[^}]*\\b${table}\\b`, "m").test(text)
  );
}

/** Tables that a file reads by a name in a variable without having asked whether the name is the table's own. */
function unasked(text: string, tables: Iterable<string>): readonly string[] {
  return [...tables].filter((table) => {
    const read = new RegExp(`\\b${table}\\[(?!["'\\d])[^\\]]+\\]|\\bin ${table}\\b`).test(text);
    return read && !text.includes(`Object.hasOwn(${table},`) && !asks(text, table);
  });
}

/** `need(…, elementType, …)` asks for the table of element types. */
function asks(text: string, table: string): boolean {
  return table === "elementTypes" && /need\([^;]*elementType,/.test(text);
}

test("a table of names from outside is a Map, or is asked whether a name is its own", async () => {
  const all = await sources();
  const tables = new Set(
    all.flatMap(({ text }) => tablesOf(text)).filter((name) => !closed.has(name)),
  );
  expect(tables.size).toBeGreaterThan(10);
  const faults = all.flatMap(({ file, text }) =>
    unasked(
      text,
      [...tables].filter((table) => has(text, table)),
    ).map((table) => `${file}: ${table}`),
  );
  expect(faults).toEqual([]);
});

test.each([
  ["const table = {\n  a: 1,\n};\nreturn table[name];", ["table"]],
  ["const table = {\n  a: 1,\n};\nreturn name in table;", ["table"]],
  ["const table = {\n  a: 1,\n};\nif (Object.hasOwn(table, name)) return table[name];", []],
  ['const table: Readonly<Record<string, X>> = {\n  a: 1,\n};\nreturn table["a"];', []],
])("%j has %j", (text, found) => {
  expect(unasked(text, tablesOf(text))).toEqual(found);
});
