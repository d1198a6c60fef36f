import { openModelFolder } from "./model-folder.ts";
import type { ModelSource } from "../model-source.ts";

/** The default source: a launch names a folder of this machine. */
export const folderSource: ModelSource = {
  resolve: (name) => openModelFolder(name, name),
};
