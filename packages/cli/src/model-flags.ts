import { hubFlag } from "./hub-flag.ts";
import { launchFlags } from "./launches.ts";
import { parseSize } from "./size.ts";

/** The flags of every command that launches models. */
export const modelFlags: typeof launchFlags &
  typeof hubFlag & { readonly memory: { readonly type: "string" } } = {
  ...launchFlags,
  ...hubFlag,
  memory: { type: "string" },
};

/** The bytes of `--memory`; undefined where it is not given. */
export function memoryOf({ memory }: { readonly memory?: string }): number | undefined {
  return memory === undefined ? undefined : parseSize("--memory", memory);
}
