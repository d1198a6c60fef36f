import { parseArguments } from "../arguments.ts";
import { UsageError } from "../usage-error.ts";
import { settings } from "./settings.ts";
import type { NamedSetting } from "./setting.ts";
import type { Written } from "./written.ts";

/** Flags that are no settings. */
export interface OtherFlags {
  /** The path of the configuration file. */
  readonly config?: string;
  readonly json: boolean;
  readonly schema: boolean;
}

export interface Flags extends OtherFlags {
  readonly written: readonly Written[];
}

/** Names of `kindred config`'s own switches. */
type Own = Exclude<keyof OtherFlags, "config">;

/** The settings of a command line, whose bare words are models. `own` are switches that the command has beside them. UsageError for unknown flags. */
export function readFlags(args: readonly string[], own: readonly Own[] = []): Flags {
  const { values, positionals } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: {
      ...Object.fromEntries(settings.flatMap(optionsOf)),
      ...Object.fromEntries(own.map((name) => [name, { type: "boolean" as const }])),
      config: { type: "string" as const },
    },
  });
  const given: Readonly<Record<string, unknown>> = values;
  const { config } = given;
  if (config === "") throw new UsageError("--config must be the path of a file, not empty.");
  const models = [given["model"] ?? [], positionals].flat();
  const all = models.length > 0 ? { ...given, model: models } : given;
  return {
    written: settings.flatMap((setting) => writtenBy(setting, all)),
    json: given["json"] === true,
    schema: given["schema"] === true,
    ...(typeof config === "string" && { config }),
  };
}

type Option = readonly [
  string,
  { readonly type: "string" | "boolean"; readonly multiple: boolean },
];

function optionsOf({ flag, off, form }: NamedSetting): readonly Option[] {
  const own: Option[] = flag
    ? [[flag, { type: form === "switch" ? "boolean" : "string", multiple: form === "list" }]]
    : [];
  return off ? [...own, [off.flag, { type: "boolean", multiple: false }]] : own;
}

function writtenBy(
  setting: NamedSetting,
  given: Readonly<Record<string, unknown>>,
): readonly Written[] {
  const { flag, off } = setting;
  const value = flag === undefined ? undefined : given[flag];
  const isOff = off !== undefined && given[off.flag] === true;
  if (isOff && value !== undefined)
    throw new UsageError(`--${flag} and --${off.flag} exclude each other. Use one.`);
  if (isOff) return [written(setting, off.value, `--${off.flag}`)];
  return value === undefined ? [] : [written(setting, value, `--${flag}`)];
}

function written(setting: NamedSetting, value: unknown, from: string): Written {
  return { setting, value, from, where: from };
}
