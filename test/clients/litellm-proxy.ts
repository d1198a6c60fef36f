import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../documents/free-port.ts";

/** A proxy of LiteLLM before a server. */
export interface LiteLlmProxy extends AsyncDisposable {
  readonly url: string;
  /** Asks it with its own key. */
  ask(path: string, body?: object): Promise<Response>;
}

/** A model of its `model_list`. */
export interface ProxiedModel {
  readonly model_name: string;
  readonly litellm_params: Readonly<Record<string, string>>;
  readonly model_info: { readonly mode: string };
}

/** Starts `litellm --config FILE` of a Python that has litellm[proxy], and waits until it is alive. */
export async function litellmProxy(
  python: string,
  models: readonly ProxiedModel[],
): Promise<LiteLlmProxy> {
  // It ends at once with a key that its pages show.
  const key = `sk-${randomUUID()}`;
  const folder = await mkdtemp(join(tmpdir(), "kindred-litellm-"));
  const config = join(folder, "config.yaml");
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({ model_list: models, general_settings: { master_key: key } }),
  );
  const port = await freePort();
  const args = [
    "--config",
    config,
    "--host",
    "127.0.0.1",
    "--port",
    `${port}`,
    "--telemetry",
    "False",
  ];
  const child = spawn(join(dirname(python), "litellm"), args, {
    env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: "True" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const ended = once(child, "close");
  const url = `http://127.0.0.1:${port}`;
  const proxy: LiteLlmProxy = {
    url,
    ask: (path, body) =>
      fetch(`${url}${path}`, {
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        ...(body && { method: "POST", body: JSON.stringify(body) }),
      }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`LiteLLM's proxy ended:\n${output}`);
    const alive = await proxy.ask("/health/liveliness").catch(() => undefined);
    if (alive?.ok) return proxy;
    await delay(250);
  }
}
