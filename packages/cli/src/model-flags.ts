import { hubFlag } from "./hub-flag.ts";
import { launchFlags } from "./launches.ts";

/** The flags of every command that launches models. */
export const modelFlags: typeof launchFlags &
  typeof hubFlag & { readonly memory: { readonly type: "string" } } = {
  ...launchFlags,
  ...hubFlag,
  memory: { type: "string" },
};
