import { formatBytes } from "@kindred/core";
import type { Facts } from "./facts.ts";
import { ok, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Judges whether models may take more than there is. */
export function memory({ memory: facts }: Pick<Facts, "memory">): readonly Finding[] {
  const { total, limit, available, budget } = facts;
  const allowed =
    limit === undefined ? "" : `, of which the control group allows ${formatBytes(limit)}`;
  const whole = `The machine has ${formatBytes(total)}${allowed}.`;
  const message = `${whole} ${formatBytes(available)} can be had now. Models may take ${formatBytes(budget)}.`;
  const most = limit ?? total;
  if (budget > most)
    return [
      warning(
        "memory",
        message,
        `Name a --memory below ${formatBytes(most)}: the system ends what takes more.`,
      ),
    ];
  if (budget > available)
    return [
      warning(
        "memory",
        message,
        `Other programs have the rest. End them, or name a --memory below ${formatBytes(available)}.`,
      ),
    ];
  return [ok("memory", message)];
}
