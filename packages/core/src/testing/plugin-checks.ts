import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deepStrictEqual, fail, ok, rejects, strictEqual } from "node:assert/strict";
import { isKernelError } from "../errors.ts";
import { createKernel } from "../kernel.ts";
import type { Kernel } from "../kernel.ts";
import { openModelFolder } from "../sources/model-folder.ts";
import { checkPlugins } from "../plugins/check-plugins.ts";
import type { Plugin } from "../plugin.ts";
import { graphRuntime, provide } from "../services.ts";
import type { Provider } from "../services.ts";
import { processRuntime } from "../runtime/process-runtime.ts";
import { CountingRuntime } from "./counting-runtime.ts";

/** One promise that a plugin keeps; any test runner can run it. */
export interface Check {
  readonly name: string;
  run(): Promise<void>;
}

export interface PluginCheckOptions {
  readonly plugin: Plugin;
  /** A folder that one of its families recognises. */
  readonly model: string;
  /** An input of that family's task. */
  readonly input: unknown;
  /** Further services that the plugin needs. */
  readonly provides?: readonly Provider[];
  /** Promises not kept, by name, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** What every plugin promises, as data: `for (const { name, run } of pluginChecks({ … })) test(name, run)`. */
export function pluginChecks(options: PluginCheckOptions): readonly Check[] {
  const { plugin, model, input, skip = {} } = options;

  const withKernel = async (use: (kernel: Kernel, runtime: CountingRuntime) => Promise<void>) => {
    const runtime = new CountingRuntime(processRuntime());
    const kernel = await createKernel({
      plugins: [plugin],
      models: [{ id: "model", source: model }],
      provides: [provide(graphRuntime, () => runtime), ...(options.provides ?? [])],
    });
    try {
      await use(kernel, runtime);
    } finally {
      await kernel[Symbol.asyncDispose]();
    }
  };
  const task = (kernel: Kernel) => {
    const [info] = kernel.models();
    if (info?.state !== "ready") fail(`The model is ${info?.state}: ${info?.reason}`);
    return { name: info.task! };
  };

  const checks: Record<string, () => Promise<void>> = {
    "names are kebab-case and unique, and every endpoint has a family of its task": async () => {
      checkPlugins([plugin]);
      const tasks = new Set((plugin.families ?? []).map((family) => family.task.name));
      for (const endpoint of plugin.endpoints ?? [])
        ok(tasks.has(endpoint.task.name), endpoint.path);
    },
    "a family recognises the example, and none an empty folder": async () => {
      const folder = await openModelFolder(model);
      ok((plugin.families ?? []).some((family) => family.match(folder)));
      const empty = await mkdtemp(join(tmpdir(), "kindred-empty-"));
      try {
        const nothing = await openModelFolder(empty);
        for (const family of plugin.families ?? [])
          strictEqual(family.match(nothing), false, family.name);
      } finally {
        await rm(empty, { recursive: true });
      }
    },
    "the same input gives the same output, alone and alongside others": () =>
      withKernel(async (kernel) => {
        const run = () => kernel.run(task(kernel), "model", input);
        const alone = await run();
        for (const again of await Promise.all([run(), run(), run()])) deepStrictEqual(again, alone);
      }),
    "the input is left as it was": () =>
      withKernel(async (kernel) => {
        const before = structuredClone(input);
        await kernel.run(task(kernel), "model", input);
        deepStrictEqual(input, before);
      }),
    "an aborted signal rejects with ABORTED before any graph runs": () =>
      withKernel(async (kernel, runtime) => {
        const run = kernel.run(task(kernel), "model", input, { signal: AbortSignal.abort() });
        await rejects(run, (error) => isKernelError(error) && error.code === "ABORTED");
        strictEqual(runtime.runs, 0);
      }),
    "closing the kernel closes every graph": async () => {
      let runtime: CountingRuntime | undefined;
      await withKernel(async (kernel, counted) => {
        runtime = counted;
        await kernel.run(task(kernel), "model", input);
        ok(counted.openGraphs.size > 0);
      });
      strictEqual(runtime?.openGraphs.size, 0);
    },
    "a body of {} or garbage is refused by the schema, naming what is wrong": async () => {
      for (const { body, path } of plugin.endpoints ?? []) {
        for (const garbage of [{}, [], null, 7, "text", { nonsense: true }]) {
          const { issues } = await body["~standard"].validate(garbage);
          ok(issues && issues.length > 0, `${path} accepts ${JSON.stringify(garbage)}`);
        }
      }
    },
    "unknown launch options are refused": () =>
      withKernel(async (kernel) => {
        const launch = { id: "other", source: model, options: { "no-such-option": 1 } };
        await rejects(kernel.load(launch), isKernelError);
      }),
    "loading twice gives independent pipelines": () =>
      withKernel(async (kernel) => {
        await kernel.load({ id: "twin", source: model });
        const before = await kernel.run(task(kernel), "twin", input);
        await kernel.unload("model");
        deepStrictEqual(await kernel.run(task(kernel), "twin", input), before);
      }),
  };
  const unknown = Object.keys(skip).find((name) => !(name in checks));
  if (unknown !== undefined) throw new TypeError(`There is no check "${unknown}" to skip.`);
  return Object.entries(checks)
    .filter(([name]) => !(name in skip))
    .map(([name, run]) => ({ name, run }));
}
