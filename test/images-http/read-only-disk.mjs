/** The disk is mounted so that nobody writes. */
import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";

files.writeFile = async (path) => {
  throw Object.assign(new Error(`EROFS: read-only file system, open '${path}'`), { code: "EROFS" });
};
syncBuiltinESMExports();
