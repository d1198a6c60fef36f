import { fileURLToPath } from "node:url";

/** Path of a script that a process or thread begins with: JavaScript, even when the module that asks, `from`, is run from its source. */
export function builtScript(name: string, from: string): string {
  const path = fileURLToPath(new URL(name, from));
  return from.endsWith(".ts") ? path.replace(/([\\/])src\1(?!.*[\\/]src[\\/])/, "$1dist$1") : path;
}
