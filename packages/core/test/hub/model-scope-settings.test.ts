import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelScopeSettings } from "../../src/hub/model-scope-settings.ts";

test.each([
  [{}, "https://modelscope.cn"],
  [{ MODELSCOPE_ENDPOINT: "modelscope.ai" }, "https://modelscope.ai"],
  [{ MODELSCOPE_ENDPOINT: "http://127.0.0.1:8080/" }, "http://127.0.0.1:8080"],
  [{ MODELSCOPE_DOMAIN: "www.modelscope.cn" }, "https://www.modelscope.cn"],
  [{ MODELSCOPE_DOMAIN: "a.example", MODELSCOPE_ENDPOINT: "b.example" }, "https://b.example"],
])("of %j the endpoint is %s", (env, endpoint) => {
  expect(modelScopeSettings(env).endpoint).toBe(endpoint);
});

test("the cache is a folder of our own in Python's", () => {
  expect(modelScopeSettings({}).cache).toBe(join(homedir(), ".cache/modelscope/kindred"));
  expect(modelScopeSettings({ MODELSCOPE_CACHE: "~/ms" })).toMatchObject({
    shared: join(homedir(), "ms"),
    cache: join(homedir(), "ms", "kindred"),
  });
});

test("silence, being offline and the token are the environment's", async () => {
  expect(modelScopeSettings({})).toMatchObject({ silence: 60_000, offline: false });
  const env = {
    MODELSCOPE_DOWNLOAD_TIMEOUT: "2",
    MODELSCOPE_OFFLINE: "1",
    MODELSCOPE_API_TOKEN: " ms-x\n",
    HF_HUB_OFFLINE: "0",
    HF_TOKEN: "hf_x",
  };
  expect(modelScopeSettings(env)).toMatchObject({ silence: 2000, offline: true });
  expect(await modelScopeSettings(env).token()).toBe("ms-x");
  expect(await modelScopeSettings({ HF_TOKEN: "hf_x" }).token()).toBeUndefined();
  await expect(modelScopeSettings({ MODELSCOPE_API_TOKEN: "a b" }).token()).rejects.toThrow(
    /^The token in MODELSCOPE_API_TOKEN has spaces/,
  );
});

test.each([
  [
    { MODELSCOPE_ENDPOINT: "file:///etc" },
    /MODELSCOPE_ENDPOINT must be an address such as https:\/\/modelscope\.cn, not/,
  ],
  [{ MODELSCOPE_DOMAIN: "a b" }, /MODELSCOPE_DOMAIN must be an address/],
  [{ MODELSCOPE_DOWNLOAD_TIMEOUT: "soon" }, /must be a number of seconds above 0, not "soon"/],
])("%j is refused", (env, message) => {
  expect(() => modelScopeSettings(env)).toThrow(message);
});
