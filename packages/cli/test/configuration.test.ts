import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settings } from "../src/configuration/settings.ts";
import { defaultOf } from "../src/configuration/usage-lines.ts";
import { usage } from "../src/usage.ts";
import { command } from "./command.ts";
import { configurationOf } from "./configuration-of.ts";

async function folderWith(files: Readonly<Record<string, string>>) {
  const path = await mkdtemp(join(tmpdir(), "kindred-configuration-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** The configuration of a file of JSON. */
async function fromFile(said: unknown, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []) {
  await using folder = await folderWith({ "kindred.config.json": JSON.stringify(said) });
  const flag = ["--config", join(folder.path, "kindred.config.json")];
  return await configurationOf({ args: [...args, ...flag], env });
}

test("each setting has a flag or none, a variable, a place in the usage, and a row in the documentation", async () => {
  const page = await readFile(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
  const rows = page
    .slice(page.indexOf("## All settings"))
    .split("\n")
    .flatMap((line) => {
      const cells = line.split("|").map((cell) => cell.trim());
      return /^`[a-zA-Z.]+`$/.test(cells[1] ?? "") ? [cells.slice(1, 5)] : [];
    });
  const escaped = (text: string) => text.replaceAll("*", "\\*").replaceAll("|", "\\|");
  expect(rows).toEqual(
    settings.map(({ name, flag, off, variable, ...setting }) => [
      `\`${name}\``,
      [flag, off?.flag].flatMap((each) => (each ? `\`--${each}\`` : [])).join(", "),
      `\`${variable}\``,
      escaped(defaultOf(setting) ?? ""),
    ]),
  );
  for (const { flag } of settings) if (flag) expect(usage).toContain(`    --${flag}`);
  const variables = settings.map(({ variable }) => variable);
  expect(new Set(variables).size).toBe(variables.length);
});

test("flags come before variables, and those before the file, and keys add up", async () => {
  const file = { port: 1, host: "a", ready: "any", keys: ["f=1"] };
  const env = { KINDRED_PORT: "2", KINDRED_HOST: "b", KINDRED_API_KEY: "v=2" };
  const args = ["--port", "3", "--api-key", "o=3"];
  const { values, origins } = await fromFile(file, env, args);
  expect(values).toMatchObject({ port: 3, host: "b", ready: "any", deadline: 30 });
  expect(values.keys!.map(({ name }) => name)).toEqual(["o", "v", "f"]);
  const from = Object.fromEntries(origins.map((each) => [each.setting.name, each.from]));
  expect(from).toMatchObject({ port: "--port", host: "KINDRED_HOST", deadline: "default" });
  expect(from["ready"]).toMatch(/kindred\.config\.json$/);
});

test("variables have lists with commas, switches as true or false, and keys as they are", async () => {
  const { values } = await configurationOf({
    env: {
      KINDRED_MODEL: "demo-image, b=./b",
      KINDRED_ALIAS: "x=b,y=b",
      KINDRED_PLAYGROUND: "false",
      KINDRED_API_KEY: "a,b",
      KINDRED_FILE_LIMIT: "1GB",
    },
  });
  expect(values).toMatchObject({
    models: ["demo-image", "b=./b"],
    aliases: { x: "b", y: "b" },
    playground: false,
    keys: [{ key: "a,b" }],
    files: { maxBytes: 1e9 },
  });
});

test("a file has launches, whose keep-alive may be a duration, and takes variables in any text", async () => {
  const launch = { id: "m", source: "${HOME}/m", keepAlive: "5m", options: { a: "$${x}" } };
  const { values } = await fromFile(
    { models: [launch], port: "${PORT}" },
    { HOME: "/h", PORT: "8" },
  );
  expect(values.port).toBe(8);
  expect(values.models).toEqual([
    { id: "m", source: "/h/m", keepAlive: 300, options: { a: "${x}" } },
  ]);
});

test.each<[unknown, RegExp]>([
  [{ prot: 1 }, /kindred\.config\.json has "prot", which is no setting\. Did you mean "port"\?/],
  [{ files: { minute: 1 } }, /has "files\.minute", which is no setting\. Did you mean "minutes"\?/],
  [{ files: 1 }, /^files in .* must be an object of settings, not 1\.$/],
  [{ port: "x" }, /^port in .*\.json must be a number from 0 to 65535, not "x"\.$/],
  [{ port: 1.5 }, /must be a number from 0 to 65535, not 1\.5\.$/],
  [{ models: [""] }, /^models in .* must be a name, not empty, not ""\.$/],
  [{ models: [{ id: "m" }] }, /^models\[0\]\.source in .* must be a text, not empty, not absent/],
  [{ models: [{ id: "m", source: "s", replcias: 1 }] }, /Did you mean "replicas"\?/],
  [{ models: [{ id: "m", source: "s", replicas: 0 }] }, /^models\[0\]\.replicas in .* 1 or more/],
  [{ aliases: { a: 1 } }, /^aliases\.a in .* must be an id, not 1\.$/],
  [{ publicUrl: "${NO_SUCH}" }, /^publicUrl in .* needs the variable NO_SUCH, which is not set/],
  [{ trustProxy: "yes" }, /^trustProxy in .* must be true or false, not "yes"\.$/],
  [[], /must hold an object of settings/],
])("a file with %j is refused", async (said, message) => {
  await expect(fromFile(said)).rejects.toThrow(message);
});

test("a key that is none is refused without a word of it", async () => {
  const refusal = fromFile({ keys: [{ key: 4711 }] });
  await expect(refusal).rejects.toThrow(/^keys\[0\]\.key in .* must be a text\.$/);
});

test.each([
  [{ KINDRED_PORT: "x" }, /^KINDRED_PORT must be a number from 0 to 65535, not "x"\.$/],
  [{ KINDRED_HOST: "" }, /^KINDRED_HOST is empty/],
  [{ KINDRED_PORT: "tcp://10.0.0.1:80" }, /Kubernetes sets.*enableServiceLinks: false/],
  [{ KINDRED_CONFIG: "/no/such" }, /^KINDRED_CONFIG names \/no\/such, and there is no such file/],
])("the variables %j are refused", async (env, message) => {
  await expect(configurationOf({ env })).rejects.toThrow(message);
});

test("kindred config prints each value and where it is from, and no key", async () => {
  await using folder = await folderWith({
    "kindred.config.mjs":
      "export default async () => ({ port: 8080, keys: ['ann=sk-ann', 'sk-b'] });",
  });
  const env = { KINDRED_READY: "any", KINDRED_PROT: "1" };
  const shown = await command(["config", "--max-side", "512"], folder.path, env);
  expect(shown.stdout).toMatch(/^port +8080 +kindred\.config\.mjs$/m);
  expect(shown.stdout).toMatch(/^ready +"any" +KINDRED_READY$/m);
  expect(shown.stdout).toMatch(/^limits\.maxSide +512 +--max-side$/m);
  expect(shown.stdout).toMatch(/^deadline +30 +default$/m);
  expect(shown.stdout).toMatch(/^keys +\["ann=•••","•••"\]/m);
  expect(shown.stderr).toMatch(/KINDRED_PROT sets nothing\. Did you mean "KINDRED_PORT"/);
  const told = await command(["config", "--json", "--keep-alive=-1"], folder.path);
  const found = JSON.parse(told.stdout);
  expect(found).toHaveLength(settings.length);
  expect(found).toContainEqual({ setting: "keepAlive", value: -1, from: "--keep-alive" });
  expect(shown.stdout + told.stdout).not.toMatch(/sk-/);
});

test("kindred config --schema prints what a file may have", async () => {
  const { stdout } = await command(["config", "--schema"]);
  const { properties, additionalProperties } = JSON.parse(stdout);
  expect(additionalProperties).toBe(false);
  for (const { path } of settings) {
    const place = path.length > 1 ? properties[path[0]!].properties : properties;
    expect(place[path.at(-1)!].description).toMatch(/\.$/);
  }
});

test("a TypeScript file is read where Node does, and refused with what to do where it does not", async () => {
  await using folder = await folderWith({
    "kindred.config.ts": "const port: number = 8081;\nexport default { port };",
  });
  const { stdout, stderr } = await command(["config"], folder.path);
  const isRead = "typescript" in process.features && Boolean(process.features.typescript);
  if (isRead) expect(stdout).toMatch(/^port +8081 +kindred\.config\.ts$/m);
  else expect(stderr).toMatch(/needs a Node that reads TypeScript, which is 22\.18 or newer/);
});

test("two files in one folder are refused", async () => {
  const text = "export default {}";
  await using folder = await folderWith({ "kindred.config.js": text, "kindred.config.mjs": text });
  const { status, stderr } = await command(["config"], folder.path);
  expect([status, stderr]).toEqual([2, expect.stringMatching(/Name one by --config/)]);
});

test("Infinity lifts a limit, false in a variable is no file, and what is refused is shown", async () => {
  const limits = {
    perKey: { "*": { requestsPerMinute: 2 }, ops: { requestsPerMinute: "Infinity" } },
  };
  const { values } = await fromFile({ limits }, { KINDRED_STATE: "false" });
  expect(values.limits.perKey).toMatchObject({ ops: { requestsPerMinute: Infinity } });
  expect(values.state).toBe(false);
  const broken = { limits: { requestsPerMinute: "1e999x" } };
  await expect(fromFile(broken)).rejects.toThrow(/or Infinity, not "1e999x"/);
});

test("a name that libraries drop is refused, and a variable is one of the environment's own", async () => {
  await using folder = await folderWith({
    "kindred.config.json":
      '{ "limits": { "perKey": { "__proto__": { "requestsPerMinute": 1 } } } }',
  });
  const args = ["--config", join(folder.path, "kindred.config.json")];
  await expect(configurationOf({ args })).rejects.toThrow(/has the name "__proto__"/);
  await expect(fromFile({ host: "${constructor}" })).rejects.toThrow(
    /needs the variable constructor, which is not set/,
  );
});
