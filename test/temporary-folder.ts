import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives a run of the tests, and the processes that it starts, a folder for temporary files, which is removed after the run. */
export default function temporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "kindred-tests-"));
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
