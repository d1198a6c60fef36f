import type { Endpoint } from "../endpoint.ts";
import { KernelError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";
import { told } from "../shared/told.ts";
import { checkMembers } from "./check-members.ts";

const CONTRACT = 1;
const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** PLUGIN_INVALID, saying which plugin and why, unless all of them can work side by side in one kernel. */
export function checkPlugins(plugins: unknown): asserts plugins is readonly Plugin[] {
  if (!Array.isArray(plugins)) {
    const cure =
      plugins instanceof Promise ? "Await it" : "Write createKernel({ plugins: [embedding()] })";
    throw invalid(`A kernel needs a list of plugins, not ${told(plugins)}. ${cure}.`);
  }
  for (const plugin of plugins) checkPlugin(plugin);
  unique("Plugin", plugins, (plugin) => [plugin.name]);
  unique("Family", plugins, (plugin) => (plugin.families ?? []).map(({ name }) => name));
  uniquePaths(plugins);
}

function checkPlugin(plugin: Plugin): void {
  if (typeof plugin !== "object" || plugin === null || plugin instanceof Promise) {
    throw invalid(
      `A plugin is an object, not ${told(plugin)}. Call its factory: plugins: [embedding()].`,
    );
  }
  checkContract(plugin);
  checkMembers(plugin);
  checkNames(plugin);
}

function checkContract({ name, contract }: Partial<Plugin>): void {
  if (contract === CONTRACT && typeof name === "string") return;
  if (contract === CONTRACT || contract === undefined) {
    const lacking = contract === CONTRACT ? "name" : "contract";
    throw invalid(
      `A plugin has a contract and a name; ${name === undefined ? "one" : told(name)} has no ${lacking}. Pass what its factory returns: plugins: [embedding()].`,
    );
  }
  const spoken: unknown = contract;
  const cure = typeof spoken === "number" ? ` Install @kindred/core@^${spoken}.` : "";
  throw invalid(
    `Plugin "${name}" speaks contract ${told(spoken)}; this kernel speaks ${CONTRACT}.${cure}`,
  );
}

function checkNames(plugin: Plugin): void {
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
      if (owner !== undefined) throw fromBoth(`${what} "${name}"`, owner, plugin.name);
      owners.set(name, plugin.name);
    }
  }
}

/** Several plugins may bring the same endpoint. Two endpoints of one path are refused. */
function uniquePaths(plugins: readonly Plugin[]): void {
  const owners = new Map<string, { readonly endpoint: Endpoint; readonly plugin: string }>();
  for (const { name: plugin, endpoints = [] } of plugins) {
    for (const endpoint of endpoints) {
      const owner = owners.get(endpoint.path);
      if (owner && owner.endpoint !== endpoint) {
        throw fromBoth(`Endpoint "${endpoint.path}"`, owner.plugin, plugin);
      }
      owners.set(endpoint.path, { endpoint, plugin });
    }
  }
}

function fromBoth(what: string, one: string, other: string): KernelError {
  return invalid(`${what} comes from both "${one}" and "${other}". Leave one out.`);
}

function invalid(message: string): KernelError {
  return new KernelError("PLUGIN_INVALID", message);
}
