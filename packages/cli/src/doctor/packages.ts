import type { Facts } from "./facts.ts";
import { ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Judges whether the packages belong together. */
export function packages({ packages: installed }: Pick<Facts, "packages">): readonly Finding[] {
  const versions = new Set(installed.map(({ version }) => version));
  const names = installed.map(({ name, version }) => `${name} ${version}`).join(", ");
  if (versions.size === 1) return [ok("packages", names)];
  return [
    problem("packages", `Their versions differ: ${names}.`, "Install all of them in one version."),
  ];
}
