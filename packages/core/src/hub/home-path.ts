import { homedir } from "node:os";

/** A path with the home folder for a `~` at its beginning. */
export function homePath(path: string): string {
  return path.replace(/^~(?=[\\/]|$)/, homedir());
}
