import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../documents/follow.ts";

interface Pattern {
  readonly expression: RegExp;
  readonly isKept: boolean;
}

/** Whether a path of the build's context stays out of it. Of the patterns that match, the last one counts. */
export function ignores(dockerignore: string): (path: string) => boolean {
  const lines = dockerignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const patterns = lines.map(patternOf);
  return (path) => {
    const last = patterns.findLast(({ expression }) => expression.test(path));
    return last !== undefined && !last.isKept;
  };
}

/** A pattern matches what it names, and all below it. */
function patternOf(line: string): Pattern {
  const isKept = line.startsWith("!");
  const glob = isKept ? line.slice(1) : line;
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll(/\*\*\/|\*/g, (stars) => (stars === "*" ? "[^/]*" : "(?:.*/)?"));
  return { expression: new RegExp(`^${source}(?:/|$)`), isKept };
}

/** The files of this clone that the build has, relative to the root. */
export function buildContext(): readonly string[] {
  const isIgnored = ignores(readFileSync(join(root, ".dockerignore"), "utf8"));
  const within = (folder: string): readonly string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      // `*` ignores folders too, of which a part is kept by a later pattern, so their files are asked.
      if (entry.isDirectory()) return skipped.has(entry.name) ? [] : within(path);
      return isIgnored(path) ? [] : [path];
    });
  return within("");
}

/** Folders that are large and of which nothing is kept. */
const skipped: ReadonlySet<string> = new Set([".git", "node_modules", "dist"]);
