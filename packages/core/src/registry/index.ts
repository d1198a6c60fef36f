export { launchOf, launchOnDemand } from "./launch-on-demand.ts";
export type { LoadPolicy, OnDemandOptions } from "./launch-on-demand.ts";
export type { KnownModel, RegisteredModel } from "./registered-model.ts";
export { ModelRegistry, sourceOf } from "./registry.ts";
export type { RegistryOptions } from "./registry.ts";
