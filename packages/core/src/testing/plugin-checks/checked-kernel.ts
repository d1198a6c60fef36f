import { fail } from "node:assert/strict";
import { createKernel } from "../../kernel.ts";
import type { Kernel } from "../../kernel.ts";
import type { ModelInfo } from "../../model-info.ts";
import type { Call } from "../../pipeline.ts";
import { processRuntime } from "../../runtime/process-runtime.ts";
import { graphRuntime, provide } from "../../services.ts";
import { CountingRuntime } from "../counting-runtime.ts";
import type { PluginCheckOptions } from "./check.ts";

/** A kernel that serves the example as "model", its graphs in processes that are counted. */
export interface CheckedKernel {
  readonly kernel: Kernel;
  readonly runtime: CountingRuntime;
  readonly info: ModelInfo;
  /** Runs an input on a model. Default: the example's input on the example. */
  run(options?: RunOptions): Promise<unknown>;
}

export interface RunOptions extends Partial<Call<any>> {
  readonly model?: string;
  readonly input?: unknown;
}

/** Lends a kernel, and closes it when `use` has ended. Rejects when the example is not served. */
export async function withKernel(
  { plugin, model, input: example, provides = [] }: PluginCheckOptions,
  use: (checked: CheckedKernel) => Promise<void>,
): Promise<void> {
  const runtime = new CountingRuntime(processRuntime());
  const kernel = await createKernel({
    plugins: [plugin],
    models: [{ id: "model", source: model }],
    provides: [provide(graphRuntime, () => runtime), ...provides],
  });
  try {
    const [info] = kernel.models();
    if (info?.state !== "ready") fail(`The example is ${info?.state}: ${info?.reason}`);
    const run = ({ model: id = "model", input = example, ...call }: RunOptions = {}) =>
      kernel.run({ name: info.task! }, id, input, call);
    await use({ kernel, runtime, info, run });
  } finally {
    await kernel[Symbol.asyncDispose]();
  }
}
