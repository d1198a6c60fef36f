import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { graphEnvironment } from "@kindred/core";
import type { LibraryFacts } from "./facts.ts";
import { installedLibrary, onnxruntime } from "./installed-library.ts";
import type { NativeLibrary } from "./installed-library.ts";

const libraries: readonly NativeLibrary[] = [
  onnxruntime,
  { name: "tokenizers", of: "@kindred/core" },
  { name: "sharp", of: "@kindred/plugin-diffusion" },
];

/** Loads a module by its path, and prints what onnxruntime says of itself. */
const script = `
  import(require("node:url").pathToFileURL(process.argv[1])).then((module) => {
    const providers = module.listSupportedBackends?.().map(({ name }) => name);
    const isSilenced = providers && process.env.ORT_DISABLE_TELEMETRY === "1";
    console.log(JSON.stringify({ providers, isSilenced }));
  });
`;

/** Loads each library in a process as a server's: a crash ends that alone. */
export function gatherLibraries(): Promise<readonly LibraryFacts[]> {
  return Promise.all(libraries.map(gatherLibrary));
}

async function gatherLibrary(library: NativeLibrary): Promise<LibraryFacts> {
  const { name } = library;
  const installed = installedLibrary(library);
  if (!installed) return { name };
  const { path, version } = installed;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", script, path], {
      env: { ...process.env, ...graphEnvironment },
      timeout: 30_000,
    });
    return { name, version, ...(JSON.parse(stdout) as Partial<LibraryFacts>) };
  } catch (error) {
    return { name, version, failure: failureOf(error as ExecError) };
  }
}

type ExecError = Error & { readonly stderr?: string; readonly signal?: NodeJS.Signals | null };

/** The error that Node printed, or the signal that ended the process. */
function failureOf({ stderr = "", signal, message }: ExecError): string {
  const [thrown] = /^\w*Error: .*$/m.exec(stderr) ?? [];
  return thrown ?? (signal ? `its process ended with ${signal}` : message);
}
