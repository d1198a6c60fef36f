import { readConfiguration } from "../src/configuration/configuration.ts";
import type { Configuration } from "../src/configuration/configuration.ts";
import { readFlags } from "../src/configuration/flags.ts";

interface Sources {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** The configuration of flags and variables, in a folder whose file they name, if any. */
export async function configurationOf({ args = [], env = {} }: Sources): Promise<Configuration> {
  return readConfiguration(readFlags(args), env);
}
