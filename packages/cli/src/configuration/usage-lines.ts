import { settings } from "./settings.ts";
import type { NamedSetting } from "./setting.ts";

const indent = " ".repeat(4);
const textColumn = 27;
const width = 140;

/** The lines of the usage for the flags of `kindred serve`. */
export function flagLines(): string {
  const rows = settings.flatMap((setting) => [
    ...(setting.flag === undefined ? [] : [row(setting)]),
    ...(setting.off ? [offRow(setting, setting.off)] : []),
  ]);
  return rows.map(([head, text]) => lines(head, text)).join("\n");
}

type Row = readonly [string, string];

function row({ flag, argument, text, form, ...setting }: NamedSetting): Row {
  const head = argument === undefined ? `--${flag}` : `--${flag} ${argument}`;
  const repeated = form === "list" ? " May be repeated." : "";
  const known = form === "switch" ? undefined : defaultOf(setting);
  return [head, `${text}${repeated}${known === undefined ? "" : ` Default ${known}.`}`];
}

function offRow({ name }: NamedSetting, { flag, value }: { flag: string; value: unknown }): Row {
  const meaning = Array.isArray(value) ? "an empty list" : String(value);
  return [`--${flag}`, `${name}: ${meaning}.`];
}

/** A default in words; undefined where there is none to tell. */
export function defaultOf(
  setting: Pick<NamedSetting, "default" | "defaultText">,
): string | undefined {
  const { default: value, defaultText } = setting;
  if (defaultText !== undefined) return defaultText;
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function lines(head: string, text: string): string {
  const wrapped: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textColumn + line.length + 1 + word.length > width) {
      wrapped.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  wrapped.push(line);
  const first = `${indent}${head}`;
  const beside = first.length < textColumn - 1;
  const start = beside ? [first.padEnd(textColumn) + wrapped.shift()] : [first];
  return [...start, ...wrapped.map((each) => " ".repeat(textColumn) + each)].join("\n");
}
