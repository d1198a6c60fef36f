import { fail, ok, strictEqual } from "node:assert/strict";
import { modelSource, provide } from "../../services.ts";
import { folderSource } from "../../sources/folder-source.ts";
import { insideFolder } from "../../shared/inside-folder.ts";
import { openModelFolder } from "../../sources/model-folder.ts";
import { withKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";
import { copyFiles, withTemporaryFolder } from "./temporary-folder.ts";
import type { GraphSource } from "../../graph.ts";
import type { ModelSource } from "../../model-source.ts";

/** Promises about folders and their files. */
export function folderChecks(options: PluginCheckOptions): Checks {
  const { plugin, model, provides = [] } = options;
  const families = plugin.families ?? [];
  return {
    "a family recognises the example, and none an empty folder": async () => {
      const folder = await openModelFolder(model);
      ok(
        families.some((family) => family.match(folder)),
        `No family recognises ${model}`,
      );
      await withTemporaryFolder(async (empty) => {
        const nothing = await openModelFolder(empty);
        for (const family of families)
          strictEqual(family.match(nothing), false, `${family.name} claims an empty folder`);
      });
    },
    "the files that a family asks for are enough, and its graphs are made of them": () =>
      withTemporaryFolder(async (folder) => {
        const fetching = provide(modelSource, () => copyingSource(folder));
        await withKernel({ ...options, provides: [...provides, fetching] }, async (checked) => {
          await checked.run();
          for (const source of checked.runtime.sources) {
            const outside = pathsOf(source).find((path) => !insideFolder(folder, path));
            if (outside !== undefined)
              fail(`Graph "${source.name}" reads ${outside}, outside ${folder}`);
          }
        });
      }),
  };
}

/** Fetches the files that a family asks for into a folder where nothing else is. */
function copyingSource(folder: string): ModelSource {
  return {
    async find(source, call) {
      const found = await folderSource.find(source, call);
      const fetch: typeof found.fetch = async (files) => {
        await copyFiles(await found.fetch(files, call), folder, files);
        return folder;
      };
      return { ...found, fetch };
    },
  };
}

function pathsOf({ model, folder }: GraphSource): readonly string[] {
  return typeof model === "string" ? [folder, model] : [folder];
}
