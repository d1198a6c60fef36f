import { join } from "node:path";
import { fail, ok, strictEqual } from "node:assert/strict";
import { modelSource, provide } from "../../services.ts";
import { folderSource } from "../../sources/folder-source.ts";
import { insideFolder } from "../../shared/inside-folder.ts";
import { openModelFolder } from "../../sources/model-folder.ts";
import { withKernel } from "./checked-kernel.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";
import { copyFiles, withTemporaryFolder } from "./temporary-folder.ts";
import type { Claim, ModelFamily } from "../../family.ts";
import type { GraphSource } from "../../graph.ts";
import type { ModelListing, ModelSource } from "../../model-source.ts";

/** Promises about folders and their files. */
export function folderChecks(options: PluginCheckOptions): Checks {
  const { plugin, model, provides = [] } = options;
  const families = plugin.families ?? [];
  return {
    "a family recognises the example, and none an empty folder of its name": async () => {
      const folder = await openModelFolder(model);
      const found = families.map((family) => claimOf(family, folder));
      ok(found.some(Boolean), `No family recognises ${model} by what is in it and its names`);
      await withTemporaryFolder(async (empty) => {
        const nothing = await openModelFolder(empty);
        for (const family of families) {
          const called = namesIn(family).map((name) => [name]);
          for (const names of [nothing.names, folder.names, ...called]) {
            const claim = claimOf(family, { ...nothing, names });
            strictEqual(claim, false, `${family.name} claims an empty folder called ${names[0]}`);
          }
        }
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

function claimOf(family: ModelFamily<any, any, any>, model: ModelListing): Claim {
  const claim: unknown = family.match(model) || false;
  const told = `${family.name} answers ${String(claim)}, not "exact", "own", "able" or false`;
  ok(claim === "exact" || claim === "own" || claim === "able" || claim === false, told);
  return claim;
}

function namesIn({ checkpoints = [] }: ModelFamily<any, any, any>): readonly string[] {
  return checkpoints.flatMap(({ name, repo }) => [name, repo]);
}

/** Fetches the files that a family asks for into folders where nothing else is, one for each model. */
function copyingSource(folder: string): ModelSource {
  let models = 0;
  return {
    async find(source, call) {
      const found = await folderSource.find(source, call);
      const copy = join(folder, String(models++));
      const fetch: typeof found.fetch = async (files) => {
        await copyFiles(await found.fetch(files, call), copy, files);
        return copy;
      };
      return { ...found, fetch };
    },
  };
}

function pathsOf({ model, folder }: GraphSource): readonly string[] {
  return typeof model === "string" ? [folder, model] : [folder];
}
