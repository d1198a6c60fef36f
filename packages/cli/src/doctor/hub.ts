import type { Facts } from "./facts.ts";
import { ok, problem, warning } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Judges the variables of the hub. A token is told to be there, and never shown. */
export function hub({ hub: facts }: Pick<Facts, "hub">): readonly Finding[] {
  if ("reason" in facts)
    return [problem("hub", facts.reason, "Correct the variable, or unset it.")];
  const { endpoint, isOffline, offlineVariable, hasToken, proxy } = facts;
  const through = proxy && `, through the proxy ${proxy.url} of ${proxy.variable}`;
  const token = hasToken ? "A token is set." : "No token is set, which gated models need.";
  if (isOffline)
    return [
      warning(
        "hub",
        `${offlineVariable} is set: nothing is downloaded from ${endpoint}.`,
        "Fetch models with kindred pull where there is a network, or unset it.",
      ),
    ];
  return [
    ok("hub", `Names are downloaded from ${endpoint}${through ?? ", without a proxy"}. ${token}`),
  ];
}
