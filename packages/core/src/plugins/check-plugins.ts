import { KernelError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";

const CONTRACT = 1;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** PLUGIN_INVALID, saying which plugin and why, unless all of them can work side by side in one kernel. */
export function checkPlugins(plugins: readonly Plugin[]): void {
  for (const plugin of plugins) checkContract(plugin);
  unique("Plugin", plugins, (plugin) => [plugin.name]);
  unique("Family", plugins, (plugin) => (plugin.families ?? []).map(({ name }) => name));
  unique("Endpoint", plugins, (plugin) => (plugin.endpoints ?? []).map(({ path }) => path));
}

function checkContract(plugin: Plugin): void {
  if (typeof plugin !== "object" || plugin === null) {
    throw invalid(
      `A plugin is an object, not ${describe(plugin)}. Call its factory: plugins: [embedding()].`,
    );
  }
  if (plugin.contract !== CONTRACT) {
    const spoken = plugin.contract as unknown;
    const cure = typeof spoken === "number" ? ` Install @kindred/core@^${spoken}.` : "";
    throw invalid(
      `Plugin "${plugin.name}" speaks contract ${describe(spoken)}; this kernel speaks ${CONTRACT}.${cure}`,
    );
  }
  const names = [plugin.name, ...(plugin.families ?? []).map(({ name }) => name)];
  for (const name of names) {
    if (!KEBAB_CASE.test(name))
      throw invalid(
        `"${name}" in plugin "${plugin.name}" is not kebab-case. Rename it, as in "my-family".`,
      );
  }
}

function unique(
  what: string,
  plugins: readonly Plugin[],
  names: (plugin: Plugin) => readonly string[],
): void {
  const owners = new Map<string, string>();
  for (const plugin of plugins) {
    for (const name of names(plugin)) {
      const owner = owners.get(name);
      if (owner !== undefined)
        throw invalid(
          `${what} "${name}" comes from both "${owner}" and "${plugin.name}". Leave one out.`,
        );
      owners.set(name, plugin.name);
    }
  }
}

function describe(value: unknown): string {
  return typeof value === "function" ? "a function" : String(value);
}

function invalid(message: string): KernelError {
  return new KernelError("PLUGIN_INVALID", message);
}
