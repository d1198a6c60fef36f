import { deepStrictEqual, fail, ok, rejects, strictEqual } from "node:assert/strict";
import { join } from "node:path";
import { isKernelError } from "../../errors.ts";
import { openModelFolder } from "../../sources/model-folder.ts";
import { withKernel } from "./checked-kernel.ts";
import type { CheckedKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";
import { OpenedResources } from "./opened-resources.ts";
import { copyFiles, damageFile, withTemporaryFolder } from "./temporary-folder.ts";

/** Promises about loading, unloading and closing. */
export function loadChecks(options: PluginCheckOptions): Checks {
  const { model } = options;
  return {
    "unknown launch options are refused": () =>
      withKernel(options, async ({ kernel }) => {
        const launch = { id: "other", source: model, options: { "no-such-option": 1 } };
        await rejects(kernel.load(launch), isKernelError);
      }),
    "loading twice gives independent pipelines": () =>
      withKernel(options, async ({ kernel, run }) => {
        await kernel.load({ id: "twin", source: model });
        const before = await run({ model: "twin" });
        await kernel.unload("model");
        deepStrictEqual(await run({ model: "twin" }), before);
      }),
    "a load that fails leaves nothing open": () =>
      withKernel(options, async (checked) => {
        const { files } = await openModelFolder(model);
        let failures = 0;
        for (const file of files) if (await failsWithout(file, model, checked)) failures++;
        ok(failures > 0, "The model loads, whichever of its files is damaged");
      }),
    "closing the kernel closes every graph, and all else that was opened": () =>
      watching(model, async () => {
        let open = new Set<unknown>();
        await withKernel(options, async ({ run, runtime }) => {
          await run();
          open = runtime.openGraphs;
          ok(open.size > 0, "no graph was opened");
        });
        strictEqual(open.size, 0, "graphs are open");
      }),
  };
}

/** Whether the model fails to load when one of its files is damaged. Either way it leaves nothing open. */
function failsWithout(
  file: string,
  model: string,
  { kernel, info }: CheckedKernel,
): Promise<boolean> {
  return withTemporaryFolder(async (folder) => {
    const { path, files } = await openModelFolder(model);
    await copyFiles(path, folder, files);
    await damageFile(join(folder, file));
    return watching(folder, async () => {
      // A damaged config would not be recognised, so the family is named.
      const launch = { id: `without ${file}`, source: folder, family: info.family! };
      const failed = await kernel.load(launch).then(
        () => false,
        () => true,
      );
      await kernel.unload(launch.id);
      return failed;
    });
  });
}

/** Rejects when work on a model's folder leaves threads, processes or the folder's files open. */
async function watching<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const opened = new OpenedResources();
  try {
    const result = await work();
    const left = await opened.left(folder);
    if (left.length > 0) fail(`Left open: ${left.join(", ")}`);
    return result;
  } finally {
    opened.stop();
  }
}
