import type { Facts } from "./facts.ts";
import { ok, problem } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Judges whether the port can be listened on. */
export function port({ port: facts }: Pick<Facts, "port">): readonly Finding[] {
  const { host, port: number, refused, holder } = facts;
  const place = `Port ${number} of ${host}`;
  if (refused === undefined) return [ok("port", `${place} is free.`)];
  if (refused === "EADDRINUSE") {
    if (holder === "kindred") return [ok("port", `${place} has a server of Kindred.`)];
    const who = holder === undefined ? "" : ` by ${holder}`;
    return [problem("port", `${place} is taken${who}.`, "End that, or choose another --port.")];
  }
  const advice =
    refused === "EACCES"
      ? "Choose a --port from 1024 on, or allow this user lower ones."
      : "Choose a --host that this machine has.";
  return [problem("port", `${place} cannot be listened on: ${refused}.`, advice)];
}
