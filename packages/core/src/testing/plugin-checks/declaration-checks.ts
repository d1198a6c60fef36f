import { ok } from "node:assert/strict";
import { checkPlugins } from "../../plugins/check-plugins.ts";
import type { Checks, PluginCheckOptions } from "./check.ts";

/** Promises about a plugin's own declarations. */
export function declarationChecks({ plugin }: PluginCheckOptions): Checks {
  return {
    "names are kebab-case and unique, and every endpoint has a family of its task": async () => {
      checkPlugins([plugin]);
      const families = plugin.families ?? [];
      const done = families.flatMap(({ task, sideTasks = [] }) => [task, ...sideTasks]);
      const tasks = new Set(done.map(({ name }) => name));
      for (const endpoint of plugin.endpoints ?? []) {
        ok(tasks.has(endpoint.task.name), `${endpoint.path} has no family`);
      }
    },
    "a body of {} or garbage is refused by the schema, naming what is wrong": async () => {
      for (const { body, path } of plugin.endpoints ?? []) {
        for (const garbage of [{}, [], null, 7, "text", { nonsense: true }]) {
          const { issues } = await body["~standard"].validate(garbage);
          ok(issues && issues.length > 0, `${path} accepts ${JSON.stringify(garbage)}`);
        }
      }
    },
  };
}
