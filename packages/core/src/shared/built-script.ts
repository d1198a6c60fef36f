import { fileURLToPath } from "node:url";

/** The path of a process's or thread's script beside the module `from`. It is the built JavaScript also when `from` is TypeScript. */
export function builtScript(name: string, from: string): string {
  const path = fileURLToPath(new URL(name, from));
  return from.endsWith(".ts") ? path.replace(/([\\/])src\1(?!.*[\\/]src[\\/])/, "$1dist$1") : path;
}
