import type { Check, Checks, PluginCheckOptions } from "./plugin-checks/check.ts";
import { declarationChecks } from "./plugin-checks/declaration-checks.ts";
import { encodeChecks } from "./plugin-checks/encode-checks.ts";
import { folderChecks } from "./plugin-checks/folder-checks.ts";
import { itemChecks } from "./plugin-checks/item-checks.ts";
import { loadChecks } from "./plugin-checks/load-checks.ts";
import { memoryChecks } from "./plugin-checks/memory-checks.ts";
import { requestChecks } from "./plugin-checks/request-checks.ts";

/**
 * The promises of every plugin, as data: `for (const { name, run } of pluginChecks({ … })) test(name, run)`. TypeError when
 * `skip` names a check that is not among them, or `bodies` an endpoint that the plugin lacks.
 */
export function pluginChecks(options: PluginCheckOptions): readonly Check[] {
  const { skip = {} } = options;
  const checks: Checks = {
    ...declarationChecks(options),
    ...folderChecks(options),
    ...loadChecks(options),
    ...memoryChecks(options),
    ...requestChecks(options),
    ...itemChecks(options),
    ...encodeChecks(options),
  };
  const unknown = Object.keys(skip).find((name) => !Object.hasOwn(checks, name));
  if (unknown !== undefined) throw new TypeError(`There is no check "${unknown}" to skip.`);
  return Object.entries(checks)
    .filter(([name]) => !Object.hasOwn(skip, name))
    .map(([name, run]) => ({ name, run }));
}
