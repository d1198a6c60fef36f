import type { Effective } from "./config.ts";
import { findConfigFile, readConfigFile } from "./config-file.ts";
import type { Flags } from "./flags.ts";
import { readSetting } from "./read-setting.ts";
import type { NamedSetting } from "./setting.ts";
import { inShape, settings } from "./settings.ts";
import { readVariables } from "./variables.ts";
import type { Written } from "./written.ts";

/** A setting's value, and who set it. */
export interface Origin {
  readonly setting: NamedSetting;
  /** undefined where nothing sets it, and it has no value of its own. */
  readonly value: unknown;
  /** "default", "kindred.config.json", "KINDRED_PORT" or "--port"; several of keys. */
  readonly from: string;
}

export interface Configuration {
  readonly values: Effective;
  /** In the order of the documentation. */
  readonly origins: readonly Origin[];
  /** The path of the file. Absent: there is none. */
  readonly file?: string;
}

/** The configuration of a command line, an environment and a file. UsageError for what is no setting, or cannot be one's value. */
export async function readConfiguration(
  flags: Pick<Flags, "written" | "config">,
  env: NodeJS.ProcessEnv,
): Promise<Configuration> {
  const file = findConfigFile(flags.config, env);
  const inFile = file === undefined ? [] : await readConfigFile(file, env);
  const written = [...flags.written, ...readVariables(env), ...inFile];
  const origins = settings.map((setting) =>
    originOf(
      setting,
      written.filter((each) => each.setting === setting),
    ),
  );
  const values = inShape(new Map(origins.map(({ setting, value }) => [setting.name, value])));
  return { values, origins, ...(file !== undefined && { file }) };
}

/** What is wrong below a flag is an error, too: it would come to light once the flag is left out. */
function originOf(setting: NamedSetting, written: readonly Written[]): Origin {
  const read = written.map((each) => ({
    from: each.from,
    value: readSetting(setting, each.value, each.where),
  }));
  const [first] = read;
  if (!first) return { setting, value: setting.default, from: "default" };
  if (!setting.isSecret) return { setting, ...first };
  const value = read.flatMap((each) => each.value as readonly unknown[]);
  return { setting, value, from: read.map(({ from }) => from).join(", ") };
}
