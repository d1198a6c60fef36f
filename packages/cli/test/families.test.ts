import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../../plugin-embedding/test/fixture.ts";
import { command } from "./command.ts";

let application: string;
/** An application that depends on a plugin, whose family is as sure of every folder as ours. */
beforeAll(async () => {
  application = await mkdtemp(join(tmpdir(), "kindred-families-"));
  const folder = join(application, "node_modules/strange");
  await mkdir(folder, { recursive: true });
  const manifest = { name: "strange", type: "module", main: "index.js" };
  const keywords = ["kindred-plugin"];
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, keywords }));
  await writeFile(join(folder, "index.js"), plugin);
  const dependencies = { strange: "*" };
  await writeFile(join(application, "package.json"), JSON.stringify({ dependencies }));
});
afterAll(() => rm(application, { recursive: true }));

const plugin = `export default () => ({
  contract: 1,
  name: "strange",
  families: [
    {
      name: "strange",
      task: { name: "embedding" },
      match: () => "own",
      load: async () => ({ run: async () => { throw new Error("strange"); } }),
    },
  ],
});`;

test.each(["serve", "run"])(
  "%s says how to choose between two families as it is typed, and that works",
  async (name) => {
    await using model = await fixture("bge-tiny");
    const asked = (path: string) =>
      name === "serve"
        ? ["serve", "--port", "0", "--memory", "1MB", "--model", `m=${path}`]
        : ["run", `m=${path}`, "a red fox", "--json"];
    const refused = await command(asked(model.path), application);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('Both "bge" and "strange" recognise "m"');
    expect(refused.stderr).toContain("Launch it with ID=PATH#bge or ID=PATH#strange.");
    const chosen = await command(asked(`${model.path}#bge`), application);
    expect(chosen.stderr).not.toContain("Both");
    if (name === "run") expect(JSON.parse(chosen.stdout).data).toHaveLength(1);
    else expect(chosen.stderr).toMatch(/1 MB in all\. Give it more --memory, or serve a smaller/);
  },
);

test("an export is chosen as the message says", async () => {
  const json = { "model.safetensors": null };
  await using model = await fixture("bge-tiny", { json });
  for (const file of ["a.onnx", "b.onnx"]) await writeFile(join(model.path, file), "");
  const refused = await command(["serve", "--port", "0", "--model", `m=${model.path}`]);
  expect(refused.stderr).toContain("Launch it with one of them: --option ID.onnx=a.onnx.");
});
