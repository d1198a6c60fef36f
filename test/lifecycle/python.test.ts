import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { fixture } from "../../packages/plugin-embedding/test/fixture.ts";
import { pythonWith } from "../python.ts";
import { namedServer } from "./named-server.ts";
import { tinyRepositories } from "./tiny-models.ts";

const run = promisify(execFile);
const client = pythonWith("xinference_client");
const xinference = pythonWith("xinference");
const script = fileURLToPath(new URL("../../tools/clients/check_lifecycle.py", import.meta.url));

test.skipIf(client === undefined)(
  "Xinference's client launches, lists, describes, uses, replicates and terminates; its ControlNet notebook runs whole",
  async () => {
    await using folder = await fixture("bge-tiny");
    await using server = await namedServer(await tinyRepositories());
    const { stdout } = await run(client!, [script, server.url, folder.path]);
    expect(stdout).toMatch(/^xinference-client \d/);
  },
  120_000,
);

test.skipIf(xinference === undefined)(
  "Xinference's command line launches, lists, registers and terminates",
  async () => {
    await using folder = await fixture("bge-tiny");
    await using server = await namedServer(await tinyRepositories());
    const command = join(dirname(xinference!), "xinference");
    const ask = async (...args: readonly string[]): Promise<string> => {
      const env = { ...process.env, XINFERENCE_ENDPOINT: server.url, HOME: server.data };
      const { stdout, stderr } = await run(command, args, { env });
      return stdout + stderr;
    };
    const launch = (name: string, type: string, ...more: readonly string[]) =>
      ask("launch", "--model-name", name, "--model-type", type, ...more);

    expect(await launch("bge-base-en", "embedding")).toContain("Model uid: bge-base-en");
    expect(await launch("sd-turbo", "image", "--model-uid", "turbo")).toContain("Model uid: turbo");
    const drawing = await launch("stable-diffusion-v1.5", "image", "--controlnet", "mlsd");
    expect(drawing).toContain("Model uid: stable-diffusion-v1.5");
    const mine = await launch("mine", "embedding", "--model-path", folder.path);
    expect(mine).toContain("Model uid: mine");
    const listed = await ask("list");
    expect(listed).toMatch(/bge-base-en +embedding +bge-base-en +48/);
    expect(listed).toMatch(/turbo +image +sd-turbo +None/);
    expect(listed).toMatch(/stable-diffusion-v1\.5 +image +stable-diffusion-v1\.5 +\['mlsd'\]/);
    for (const uid of ["bge-base-en", "turbo", "stable-diffusion-v1.5", "mine"])
      await ask("terminate", "--model-uid", uid);
    expect(await ask("list")).not.toContain("bge-base-en");
    expect(await ask("cached")).toMatch(/bge-base-en .*BAAI\/bge-base-en/);
    await ask("remove-cache", "--model_version", "bge-base-en", "--check");
    expect(await ask("cached")).not.toContain("bge-base-en");
    for (const type of ["embedding", "image", "rerank"])
      expect(await ask("registrations", "--model-type", type)).toMatch(/True/);
    await expect(launch("bge-base-enn", "embedding")).rejects.toThrow("bge-base-en");
  },
  240_000,
);
