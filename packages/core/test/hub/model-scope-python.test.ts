import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { pythonWith } from "../../../../test/python.ts";
import { fetchAll } from "./fetched.ts";
import { modelScopeHome } from "./model-scope-home.ts";
import { modelScopeStandIn } from "./model-scope-stand-in.ts";
import { bytes } from "./stand-in.ts";

const python = pythonWith("modelscope");
const weights = bytes(300_000);
const files = {
  "config.json": '{"kind": "lark"}',
  "model.safetensors": weights,
  "onnx/model.onnx": bytes(100_000, 2),
};

/** The last line that Python's client prints: it greets on standard output. */
async function run(code: string, path: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await promisify(execFile)(python!, ["-c", code], {
    env: {
      ...process.env,
      ...env,
      MODELSCOPE_HOME: join(path, "home"),
      MODELSCOPE_DOWNLOAD_INTRA_CLOUD: "false",
    },
  });
  return stdout.trim().split("\n").at(-1)!;
}

const download = (more = ""): string =>
  `from modelscope import snapshot_download as s; print(s("birds/lark"${more}))`;

test.skipIf(!python)(
  "Python's client downloads from the stand-in, a private model too",
  async () => {
    await using hub = await modelScopeStandIn({
      files,
      token: "ms-x",
      fault: ({ path }, nth) => (path.endsWith("onnx") && nth === 1 ? { cut: 40_000 } : undefined),
    });
    await using at = await modelScopeHome();
    const env = { ...at.options(hub).env, MODELSCOPE_API_TOKEN: "ms-x" };
    const folder = await run(download(), at.path, env);
    expect(folder).toBe(at.python);
    expect((await readFile(join(folder, "model.safetensors"))).equals(weights)).toBe(true);
    expect((await readFile(join(folder, "onnx/model.onnx"))).equals(bytes(100_000, 2))).toBe(true);
  },
  60_000,
);

test.skipIf(!python)(
  "what Python's client fetched is served here without a download",
  async () => {
    await using hub = await modelScopeStandIn({ files });
    await using at = await modelScopeHome();
    const folder = await run(download(), at.path, at.options(hub).env);
    const { sent } = hub;
    expect(await fetchAll(at.options(undefined, { MODELSCOPE_OFFLINE: "1" }))).toBe(folder);
    const linked = await fetchAll(at.options(hub));
    expect((await readFile(join(linked, "model.safetensors"))).equals(weights)).toBe(true);
    expect(hub.sent).toBe(sent);
  },
  60_000,
);

test.skipIf(!python)(
  "Python's clearing of its cache leaves what was fetched here",
  async () => {
    await using hub = await modelScopeStandIn({ files });
    await using at = await modelScopeHome();
    const folder = await fetchAll(at.options(hub));
    const code = `from modelscope_hub._cache_manager import clear_cache, scan_cache
print([each.repo_id for each in scan_cache().repos], clear_cache())`;
    expect(await run(code, at.path, at.options(hub).env)).toBe("['kindred/models--birds--lark'] 0");
    expect((await readFile(join(folder, "model.safetensors"))).equals(weights)).toBe(true);
  },
  60_000,
);
