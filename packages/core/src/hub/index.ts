export { homePath } from "./home-path.ts";
export { hubName } from "./hub-name.ts";
export type { Hub, HubName } from "./hub-name.ts";
export { hubSource } from "./hub-source.ts";
export type { HubOptions } from "./hub-source.ts";
