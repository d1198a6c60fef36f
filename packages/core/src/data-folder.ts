import { homedir } from "node:os";
import { join } from "node:path";

/** Kindred's folder in the data folder of the XDG base directory specification, or in its counterpart on Windows. */
export function dataFolder(): string {
  const { XDG_DATA_HOME, LOCALAPPDATA } = process.env;
  return join(XDG_DATA_HOME || LOCALAPPDATA || join(homedir(), ".local/share"), "kindred");
}
