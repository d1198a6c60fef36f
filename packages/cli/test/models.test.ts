import { rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { home } from "../../core/test/hub/fetched.ts";
import { commit, standIn } from "../../core/test/hub/stand-in.ts";
import { modelTable } from "../src/model-table.ts";
import { command } from "./command.ts";
import { repository } from "./repository.ts";

const bge = "BAAI/bge-small-en-v1.5";
const bgeCommit = "88885630388d6249d876a3ab145b78b34665b79a";
const offline = { HF_HUB_OFFLINE: "1" };

test("kindred models lists what is known by name and what else is cached, without network", async () => {
  const files = await repository();
  await using hub = await standIn({ files });
  await using known = await standIn({ files, repo: bge, at: bgeCommit });
  await using at = await home();
  await command(["pull", "birds/lark"], undefined, at.env(hub));
  await command(["pull", "bge-small-en-v1.5"], undefined, at.env(known));
  const asked = hub.asked.length + known.asked.length;
  const listed = await command(["models"], undefined, at.env(hub));
  expect([listed.status, listed.stderr]).toEqual([0, ""]);
  expect(listed.stdout).toMatch(/^bge-small-en-v1\.5 +bge +8\d\d KB +no +MIT$/m);
  expect(listed.stdout).toMatch(/^bge-base-en +bge +no +no +MIT$/m);
  expect(listed.stdout).toMatch(/^sd3-medium +sd3 +no +yes +stabilityai-ai-community$/m);
  expect(listed.stdout).toMatch(
    /^birds\/lark +sentence-transformers +8\d\d KB +\? +see its page$/m,
  );
  expect(hub.asked.length + known.asked.length).toBe(asked);
  const json = await command(["models", "--json"], undefined, at.env(undefined, offline));
  const all = JSON.parse(json.stdout);
  expect(all.find(({ repo }: { repo: string }) => repo === bge)).toEqual({
    task: "embedding",
    family: "bge",
    name: "bge-small-en-v1.5",
    repo: bge,
    license: "MIT",
    gated: false,
    cached: "yes",
    bytes: expect.any(Number),
  });
});

test("a published model of which a file is missing is partly cached, and another commit of it is not it", async () => {
  const files = await repository();
  await using hub = await standIn({ files, repo: bge, at: bgeCommit });
  await using at = await home();
  const state = async () => {
    const { stdout } = await command(["models", "--json"], undefined, at.env());
    return JSON.parse(stdout).find(({ repo }: { repo: string }) => repo === bge).cached;
  };
  await command(["pull", "bge-small-en-v1.5"], undefined, at.env(hub));
  expect(await state()).toBe("yes");
  const snapshots = join(at.path, "hub", "models--BAAI--bge-small-en-v1.5", "snapshots");
  await rm(join(snapshots, bgeCommit, "model.safetensors"));
  await symlink("../../blobs/none", join(snapshots, bgeCommit, "model.safetensors"));
  expect(await state()).toBe("partly");
  await rm(join(snapshots, bgeCommit), { recursive: true });
  expect(await state()).toBe("no");
});

test("kindred models NAME asks what serving it would take, and downloads no weights", async () => {
  const about = { cardData: { license: "other", license_name: "larks-only" }, gated: "auto" };
  await using hub = await standIn({ files: await repository(), about });
  await using at = await home();
  const asked = await command(["models", "birds/lark"], undefined, at.env(hub));
  expect([asked.status, asked.stderr]).toEqual([0, ""]);
  expect(asked.stdout).toMatch(
    new RegExp(
      String.raw`^birds/lark
  repository  birds/lark
  revision    main
  commit      ${commit}
  licence     larks-only
  gated       yes: accept its licence on its page
  task        embedding
  family      sentence-transformers
  memory      [\d.]+ KB of weights at once; fits on cpu
  files       [\d.]+ KB in \d+ files; [\d.]+ KB in \d to download
    [^]*
    model\.safetensors +[\d.]+ KB +to download
`,
    ),
  );
  expect(asked.stdout).not.toContain("tf_model");
  expect(hub.fetched.map(({ path }) => path).join()).not.toContain("model.safetensors");
  await command(["pull", "birds/lark"], undefined, at.env(hub));
  const json = await command(
    ["models", "birds/lark", "--json"],
    undefined,
    at.env(undefined, offline),
  );
  const [report] = JSON.parse(json.stdout);
  expect(report).toMatchObject({ name: "birds/lark", commit, missing: 0, device: "cpu" });
  expect(report).not.toHaveProperty("license");
  expect(report.files).toContainEqual({
    path: "model.safetensors",
    bytes: expect.any(Number),
    missing: 0,
  });
});

test("a model that does not fit, one that nobody has and a folder are told each by itself", async () => {
  await using hub = await standIn({ files: await repository() });
  await using at = await home();
  const names = [
    "birds/lark",
    "birds/wren",
    "bge-small-en-v1.5",
    "packages/demo-models/demo-embedding",
  ];
  const { status, stdout, stderr } = await command(
    ["models", "--memory", "1KB", ...names],
    undefined,
    at.env(hub),
  );
  expect(status).toBe(1);
  expect(stderr).toBe(
    "kindred: These cannot be served, for the reasons above: birds/wren, bge-small-en-v1.5.\n",
  );
  const [lark, wren, published, folder] = stdout.split("\n\n");
  expect(lark).toMatch(/\n {2}does not fit +"birds\/lark" needs .* KB; cpu has 1 KB in all\./);
  expect(wren).toMatch(/\n {2}not served +http.* has no model "birds\/wren" that you may read/);
  expect(published).toMatch(/\n {2}licence +MIT\n {2}gated +no\n {2}not served +/);
  expect(folder).toMatch(/^packages\/demo-models\/demo-embedding\n {2}task +embedding\n/);
});

test("a terminal of few columns gets shortened licences, and names as they are typed", () => {
  const model = {
    name: "stable-diffusion-xl-base-1.0",
    repo: "a/b",
    cached: "no",
    bytes: 0,
  } as const;
  const license = "the-licence-of-all-larks-and-wrens";
  const all = [{ ...model, task: "image", family: "sdxl", gated: true, license }, model];
  const narrow = modelTable(all, 60);
  expect(narrow).toContain(`\n${model.name}  sdxl    no      yes    the-li…\n`);
  expect(Math.max(...narrow.split("\n").map((line) => line.length))).toBe(60);
  expect(narrow).toContain("\ncached, and served by no installed family\n");
  expect(modelTable(all, Infinity)).toContain(`${license}\n`);
});
