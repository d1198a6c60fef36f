import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, folderSource, graphRuntime, modelSource, provide } from "@kindred/core";
import type { Checkpoint, Kernel, Launch, ModelFamily, ModelSource, Plugin } from "@kindred/core";
import { launchOnDemand, ModelRegistry } from "@kindred/core/registry";
import { fakeRuntime } from "@kindred/core/testing";
import * as z from "zod";
import { createApp } from "../../src/app.ts";
import type { AppOptions } from "../../src/app.ts";
import { echo, endpoint, listen } from "../stand-in.ts";
import type { Listening } from "../stand-in.ts";

export interface EchoServer extends Listening {
  readonly kernel: Kernel;
  readonly registry: ModelRegistry;
  /** A folder that is a model. */
  readonly folder: string;
  /** Asks for JSON, with a body where one is given. */
  ask(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: any;
}

export interface EchoServerOptions extends AppOptions {
  readonly models?: readonly Launch[];
  /** The registry's file. */
  readonly file?: string;
  readonly checkpoints?: readonly Checkpoint[];
  /** Finds models in the place of folders. */
  readonly source?: ModelSource;
  readonly lifecycleIsOff?: boolean;
}

/** A server with a lifecycle, whose models echo. They have the options `loud`, `controlnet`, and `nest`, another model's source. */
export async function echoServer({
  models = [],
  file,
  checkpoints = [],
  source = folderSource,
  lifecycleIsOff = false,
  ...app
}: EchoServerOptions = {}): Promise<EchoServer> {
  const folder = await mkdtemp(join(tmpdir(), "kindred-lifecycle-"));
  const family: ModelFamily<typeof echo, { readonly nest?: string | undefined }> = {
    name: "birds",
    task: echo,
    checkpoints,
    options: z.strictObject({
      loud: z.boolean().optional(),
      controlnet: z.any().optional(),
      nest: z.string().optional(),
    }),
    match: () => "own",
    async load({ options, attach }) {
      if (options.nest !== undefined) await attach(options.nest, ({ files }) => files);
      return { info: { model_ability: ["echo"], options }, run: async ({ text }) => text };
    },
  };
  const other: ModelFamily = {
    ...family,
    name: "fish",
    task: { name: "swim" },
    match: () => false,
  };
  const plugin: Plugin = {
    contract: 1,
    name: "echo",
    families: [family, other],
    endpoints: [endpoint],
  };
  const registry = await ModelRegistry.open({ plugins: [plugin], ...(file && { file }) });
  const onDemand = launchOnDemand({ registry });
  const kernel = await createKernel({
    plugins: [plugin],
    models: models.map((each) => ({ ...each, source: each.source || folder })),
    onDemand,
    provides: [
      provide(graphRuntime, () => fakeRuntime(() => ({}))),
      provide(modelSource, () => source),
    ],
  });
  const lifecycle = lifecycleIsOff ? {} : { lifecycle: { registry, onDemand, ...app.lifecycle } };
  const server = await listen(createApp(kernel, { ...app, ...lifecycle }));
  return {
    ...server,
    kernel,
    registry,
    folder,
    async ask(method, path, body, headers = {}) {
      const json = body === undefined ? {} : { "content-type": "application/json" };
      const reply = await fetch(`${server.url}${path}`, {
        method,
        headers: { ...json, ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await reply.text();
      return { status: reply.status, headers: reply.headers, body: text && JSON.parse(text) };
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await kernel[Symbol.asyncDispose]();
    },
  };
}

/** The body of Xinference's client 4.1, which always has these keys. */
export function launchBody(more: Record<string, unknown>): Record<string, unknown> {
  return {
    model_uid: null,
    model_name: "",
    model_engine: null,
    peft_model_config: null,
    model_type: "LLM",
    model_size_in_billions: null,
    model_format: null,
    quantization: null,
    replica: 1,
    n_worker: 1,
    n_gpu: "auto",
    request_limits: null,
    worker_ip: null,
    gpu_idx: null,
    replica_config: null,
    model_path: null,
    enable_thinking: null,
    enable_virtual_env: null,
    virtual_env_packages: null,
    virtual_env_find_links: null,
    envs: null,
    ...more,
  };
}
