import type { Facts } from "./facts.ts";
import { ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Twice the clients that a server takes at a time by default. */
const enough = 4_096;

/** Judges how many connections and files the process may have open. */
export function descriptors({ maxDescriptors }: Pick<Facts, "maxDescriptors">): readonly Finding[] {
  if (maxDescriptors === undefined) return [];
  const message = `${maxDescriptors} files and connections may be open.`;
  if (maxDescriptors >= enough) return [ok("descriptors", message)];
  const clients = Math.floor(maxDescriptors / 2);
  return [
    warning(
      "descriptors",
      `${message} The server takes half as many clients at a time: ${clients}.`,
      `Raise the limit to ${enough} or more: ulimit -n, or LimitNOFILE of systemd.`,
    ),
  ];
}
