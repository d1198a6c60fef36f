import type { NamedSetting } from "./setting.ts";

/** What somebody wrote of a setting, and where. */
export interface Written {
  readonly setting: NamedSetting;
  readonly value: unknown;
  /** The flag, the variable, or the path of the file. */
  readonly from: string;
  /** The subject of an error: "--port", "KINDRED_PORT", "port in kindred.config.json". */
  readonly where: string;
}
