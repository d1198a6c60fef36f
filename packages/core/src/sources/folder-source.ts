import type { ModelSource } from "../model-source.ts";
import { openModelFolder } from "./model-folder.ts";

/** The default source: a launch's `source` is the path of a folder, whose files are there already. */
export const folderSource: ModelSource = {
  async find(source) {
    const folder = await openModelFolder(source);
    return { ...folder, fetch: async () => folder.path };
  },
};
