import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKernel, provide } from "@kindred/core";
import { QuantizedStore, quantizedStore } from "@kindred/core/precision";

/**
 * Calls `use` with a kernel that has a launch's model in float32 and in other precisions, each under its precision's name. "unet=int8" names
 * a component's precision. Rounded weights are in a temporary folder. Error for a precision in which the model cannot be launched.
 */
export async function inPrecisions(plugin, { options, ...launch }, precisions, use) {
  const folder = await mkdtemp(join(tmpdir(), "kindred-quality-"));
  const store = new QuantizedStore({ folder });
  const kernel = await createKernel({
    plugins: [plugin],
    models: ["float32", ...precisions].map((name) => ({
      ...launch,
      id: name,
      options: { ...options, precision: precisionOf(name) },
    })),
    provides: [provide(quantizedStore, () => store)],
  });
  try {
    const failed = kernel.models().find(({ state }) => state === "failed");
    if (failed) throw new Error(`In ${failed.id}: ${failed.reason}`);
    return await use(kernel);
  } finally {
    await kernel[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  }
}

function precisionOf(name) {
  const [component, precision] = name.split("=");
  return precision ? { [component]: precision } : name;
}
