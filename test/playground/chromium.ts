import { existsSync } from "node:fs";

const path = process.env["KINDRED_CHROMIUM"] ?? "/usr/bin/chromium";

/** The path of the browser for the playground's tests: Debian's, or the one that KINDRED_CHROMIUM names. Undefined without one. */
export const chromium: string | undefined = existsSync(path) ? path : undefined;

if (!chromium) {
  console.log(`The playground's tests are skipped: there is no ${path}.
Install Debian's chromium, or name another browser with KINDRED_CHROMIUM.`);
}
