/** Whether a path matches one of the patterns as Python's `fnmatch` has them: "*" is any text, with slashes, "?" any character. None match all. */
export function matchesAny(path: string, patterns: readonly string[]): boolean {
  return patterns.length === 0 || patterns.some((pattern) => expression(pattern).test(path));
}

function expression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\[\]]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`, "s");
}
