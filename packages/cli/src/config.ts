import { readConfiguration } from "./configuration/configuration.ts";
import type { Origin } from "./configuration/configuration.ts";
import { readFlags } from "./configuration/flags.ts";
import { configurationSchema } from "./configuration/json-schema.ts";
import { defaultOf } from "./configuration/usage-lines.ts";
import { strangeVariables } from "./configuration/variables.ts";
import { print, printError } from "./print.ts";
import { aligned } from "./table.ts";

/** Prints the settings that `kindred serve` would have with these flags, and who sets each; with --schema, the JSON Schema of a file. */
export async function config(args: readonly string[]): Promise<void> {
  const flags = readFlags(args, ["json", "schema"]);
  if (flags.schema) return print(JSON.stringify(configurationSchema(), null, 2));
  const { origins } = await readConfiguration(flags, process.env);
  for (const sentence of strangeVariables(process.env)) printError(`warning: ${sentence}`);
  if (flags.json) return print(JSON.stringify(origins.map(asJson), null, 2));
  const rows = origins.map((origin) => [origin.setting.name, asText(origin), origin.from]);
  print(aligned([["setting", "value", "from"], ...rows]).join("\n"));
}

/** JSON has no word for what never ends: -1 stands for it, as where it is written. */
function asJson(origin: Origin): object {
  const { setting, from } = origin;
  const value = JSON.parse(textOf(shown(origin)) ?? "null");
  return { setting: setting.name, value, from };
}

function asText(origin: Origin): string {
  const { setting, value, from } = origin;
  if (from !== "default") return textOf(shown(origin))!;
  return defaultOf({ ...setting, default: value }) ?? "";
}

function textOf(value: unknown): string | undefined {
  return JSON.stringify(value, (_, each) => (each === Infinity ? -1 : each));
}

/** Keys are shown by their names alone. */
function shown({ setting, value }: Origin): unknown {
  if (!setting.isSecret || value === undefined) return value;
  return (value as readonly { readonly name?: string }[]).map(({ name }) =>
    name === undefined ? "•••" : `${name}=•••`,
  );
}
