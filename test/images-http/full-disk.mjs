/** The disk takes no more files. */
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

files.writeFile = async () => {
  throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
};
syncBuiltinESMExports();
