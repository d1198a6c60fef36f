import { spawnSync } from "node:child_process";

const python = process.env["KINDRED_PYTHON"] || undefined;
const finds = "import importlib.util, sys; sys.exit(importlib.util.find_spec(sys.argv[1]) is None)";

if (python === undefined) {
  console.log("The tests of Python's clients are skipped: KINDRED_PYTHON names no interpreter.");
}

/** The interpreter that KINDRED_PYTHON names, where it has a package. Otherwise undefined, which skips the tests; it says why. */
export function pythonWith(name: string): string | undefined {
  if (python === undefined) return undefined;
  const { error, status } = spawnSync(python, ["-c", finds, name]);
  if (status === 0) return python;
  console.log(`The tests of Python's ${name} are skipped: ${error?.message ?? `${python} does not have it`}.
Install tools/clients/requirements.txt.`);
  return undefined;
}
