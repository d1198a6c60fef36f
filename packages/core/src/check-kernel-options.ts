import { KernelError } from "./errors.ts";
import type { KernelOptions } from "./kernel-options.ts";
import { checkPlugins } from "./plugins/check-plugins.ts";
import { checkProviders } from "./plugins/check-providers.ts";
import { told } from "./shared/told.ts";
import { checkAliases } from "./catalog/check-aliases.ts";
import { checkChanges, checkLaunches } from "./catalog/check-launch.ts";

/** Refuses what callers without types pass, before anything is made of it. INVALID_INPUT, PLUGIN_INVALID. */
export function checkKernelOptions(options: Partial<KernelOptions> = {}): void {
  const { plugins, models, maxWait = 0, provides, container: _, ...others } = options;
  const { aliases = {}, onDemand, keepAlive, ...unknown } = others;
  checkPlugins(plugins);
  if (typeof maxWait !== "number" || !(maxWait >= 0)) {
    const message = `maxWait must be a number of seconds, 0 or more, not ${told(maxWait)}.`;
    throw new KernelError("INVALID_INPUT", message, { param: "maxWait" });
  }
  checkLaunches(models ?? []);
  checkProviders(provides ?? []);
  checkAliases(aliases);
  checkChanges({ keepAlive });
  if (onDemand !== undefined && typeof onDemand !== "function") {
    const message = `onDemand must be a function of an id, not ${told(onDemand)}.`;
    throw new KernelError("INVALID_INPUT", message, { param: "onDemand" });
  }
  const [name] = Object.keys(unknown);
  if (name === undefined) return;
  const message = `createKernel has no option "${name}". Its options are plugins, models, aliases, onDemand, keepAlive, maxWait, provides and container.`;
  throw new KernelError("INVALID_INPUT", message, { param: name });
}
