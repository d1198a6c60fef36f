import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../documents/follow.ts";

export interface Instruction {
  /** "RUN" */
  readonly name: string;
  /** What follows it, in one line. */
  readonly text: string;
}

/** The instructions from one FROM up to the next. */
export interface Stage {
  readonly base: string;
  /** What `AS` calls it; absent for the last. */
  readonly name?: string;
  readonly instructions: readonly Instruction[];
}

export const dockerfile: string = readFileSync(join(root, "deploy/Dockerfile"), "utf8");

/** The stages of a Dockerfile that has no heredoc and no parser directive. */
export function stagesOf(text: string): readonly Stage[] {
  const lines = text.split("\n").filter((line) => !line.startsWith("#"));
  const joined = lines
    .join("\n")
    .replaceAll(/\\\n\s*/g, " ")
    .split("\n");
  const all = joined.flatMap((line): Instruction[] => {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, text: rest! }];
  });
  const starts = all.flatMap(({ name }, i) => (name === "FROM" ? [i] : []));
  return starts.map((start, i) => {
    const [base = "", , name] = all[start]!.text.split(/\s+/);
    const instructions = all.slice(start + 1, starts[i + 1]);
    return { base, ...(name !== undefined && { name }), instructions };
  });
}

/** The texts of a stage's instructions of one name, in order. */
export function textsOf({ instructions }: Stage, name: string): readonly string[] {
  return instructions.filter((each) => each.name === name).map(({ text }) => text);
}

/** The arguments of an instruction in exec form. Throws for the form that needs a shell, which would not pass signals on. */
export function argumentsOf(text: string): readonly string[] {
  return JSON.parse(text.slice(text.indexOf("["))) as readonly string[];
}

/** The variables of a stage's ENV, with those that it names in the place of `$NAME`. */
export function environmentOf(stage: Stage, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const pairs = textsOf(stage, "ENV").flatMap((text) => text.split(/\s+/));
  const given = pairs.map((pair) => {
    const [name, value] = pair.split("=", 2) as [string, string];
    return [name, value.replaceAll(/\$(\w+)/g, (_, other: string) => base[other] ?? "")];
  });
  return { ...base, ...Object.fromEntries(given) };
}
