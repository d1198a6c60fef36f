import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { huggingFaceSettings } from "../../src/hub/hugging-face-settings.ts";

test.each([
  [{}, join(homedir(), ".cache/huggingface/hub")],
  [{ XDG_CACHE_HOME: "/x" }, join("/x", "huggingface", "hub")],
  [{ HF_HOME: "~/hf" }, join(homedir(), "hf", "hub")],
  [{ HF_HOME: "/h", HF_HUB_CACHE: "/c" }, "/c"],
  [{ HF_HOME: "/h", HUGGINGFACE_HUB_CACHE: "/old" }, "/old"],
])("of %j the cache is %s", (env, cache) => {
  expect(huggingFaceSettings(env).cache).toBe(cache);
});

test("the endpoint, its silence and being offline are the environment's", () => {
  expect(huggingFaceSettings({})).toMatchObject({
    endpoint: "https://huggingface.co",
    offline: false,
    silence: 10_000,
  });
  const env = {
    HF_ENDPOINT: "http://127.0.0.1:8080/mirror/",
    HF_HUB_OFFLINE: "True",
    HF_HUB_DOWNLOAD_TIMEOUT: "2.5",
  };
  expect(huggingFaceSettings(env)).toMatchObject({
    endpoint: "http://127.0.0.1:8080/mirror",
    offline: true,
    silence: 2500,
  });
});

test.each([
  [{ HF_ENDPOINT: "huggingface.co" }, /HF_ENDPOINT must be an address/],
  [{ HF_ENDPOINT: "file:///etc" }, /HF_ENDPOINT must be an address/],
  [{ HF_HUB_DOWNLOAD_TIMEOUT: "soon" }, /must be a number of seconds above 0, not "soon"/],
])("%j is refused", (env, message) => {
  expect(() => huggingFaceSettings(env)).toThrow(message);
});

test("a token is the variable's, or that of a file, without the space around it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kindred-token-"));
  await writeFile(join(folder, "token"), "hf_home\n");
  await writeFile(join(folder, "other"), " hf_other ");
  const env = { HF_HOME: folder };
  expect(await huggingFaceSettings(env).token()).toBe("hf_home");
  const path = { ...env, HF_TOKEN_PATH: join(folder, "other") };
  expect(await huggingFaceSettings(path).token()).toBe("hf_other");
  expect(await huggingFaceSettings({ ...path, HF_TOKEN: "hf_given\r\n" }).token()).toBe("hf_given");
  expect(await huggingFaceSettings({ HF_HOME: join(folder, "none") }).token()).toBeUndefined();
  await expect(huggingFaceSettings({ HF_TOKEN: "hf_a hf_b" }).token()).rejects.toThrow(
    /^The token in HF_TOKEN has spaces/,
  );
  await rm(folder, { recursive: true });
});
