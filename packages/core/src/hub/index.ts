export { homePath } from "./home-path.ts";
export { hubName } from "./hub-name.ts";
export type { HubName } from "./hub-name.ts";
export { hubOrigin } from "./hub-origin.ts";
export type { HubModel, HubOrigin } from "./hub-origin.ts";
export { hubSource } from "./hub-source.ts";
export type { HubOptions } from "./hub-source.ts";
