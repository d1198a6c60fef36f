import { formatBytes } from "@kindred/core";
import type { Facts, FolderFacts } from "./facts.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** About what a checkpoint of Stable Diffusion XL takes. */
const leastFreeInCache = 8e9;

/** The default of --file-limit, which pictures may fill. */
const leastFreeInData = 2 ** 30;

/** Judges the hub's cache and the data folder. */
export function folders(facts: Pick<Facts, "hub" | "cache" | "data">): readonly Finding[] {
  const { hub, cache, data } = facts;
  const inCache = "cacheVariable" in hub ? `Let ${hub.cacheVariable} name another folder.` : "";
  return [
    ...(cache ? [folder("cache", cache, { least: leastFreeInCache, elsewhere: inCache })] : []),
    folder("data folder", data, {
      least: leastFreeInData,
      elsewhere: "Let --data name another folder.",
    }),
  ];
}

interface Needs {
  /** Free bytes below which it is said. */
  readonly least: number;
  /** How to have another folder. */
  readonly elsewhere: string;
}

function folder(subject: string, facts: FolderFacts, { least, elsewhere }: Needs): Finding {
  const { path, exists, unwritable, freeBytes, takesLinks } = facts;
  const state = exists ? "" : " will be made";
  if (unwritable !== undefined)
    return problem(
      subject,
      `${path} cannot be written: ${unwritable}.`,
      `Let this user write there. ${elsewhere}`,
    );
  const message = `${path}${state}; ${formatBytes(freeBytes)} are free.`;
  if (freeBytes < least) return warning(subject, message, `Make room. ${elsewhere}`);
  if (takesLinks === false)
    return warning(
      subject,
      `${message} It takes no links, so files of several revisions are kept several times.`,
      elsewhere,
    );
  return ok(subject, message);
}
