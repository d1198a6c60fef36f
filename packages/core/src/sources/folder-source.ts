import type { ModelSource } from "../model-source.ts";
import { openModelFolder } from "./model-folder.ts";
import { isFile, openModelFile } from "./single-file.ts";

/**
 * The default source: a launch's `source` is the path of a folder, or of a file that is a whole model. The files are
 * there already.
 */
export const folderSource: ModelSource = {
  async find(source) {
    const open = (await isFile(source)) ? openModelFile : openModelFolder;
    const found = await open(source);
    return { ...found, fetch: async () => found.path };
  },
};
