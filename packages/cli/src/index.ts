export { main } from "./main.ts";
export { endWithNpm } from "./npm-parent.ts";
export { defineConfig } from "./configuration/config.ts";
export type { Config, ConfiguredKey, ConfiguredLaunch } from "./configuration/config.ts";
